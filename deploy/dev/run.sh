#!/bin/sh
# Runs the program beside it with these arguments. "run.sh again" has it end, and the one that is there by then begin; where it
# ends by itself, this ends with its status.
here=$(dirname "$0")
if [ "$1" = again ]; then
	touch "$here/again"
	for _ in $(seq 50); do # it may be beginning
		[ -s "$here/pid" ] && break
		sleep 0.1
	done
	kill -TERM "$(cat "$here/pid")"
	exit
fi
stop=
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child"' TERM INT
while :; do
	child=
	rm -f "$here/again" "$here/pid"
	"$here/program" "$@" &
	child=$!
	echo "$child" >"$here/pid"
	[ -z "$stop" ] || kill -TERM "$child"
	wait "$child"
	status=$?
	while kill -0 "$child" 2>/dev/null; do # a signal ends the wait, and not yet the program
		wait "$child"
		status=$?
	done
	[ -e "$here/again" ] && [ -z "$stop" ] || exit "$status"
done
