#!/bin/sh
# Sends a message from the phone and one from the agent of a demonstration, and waits for each at the other side. Usage: ping.sh URL
set -eu
api=$1/sandbox/api
id=ping$$x$(date +%s)

# expect SIDE TEXT waits until a side has a text, for two minutes.
expect() {
	for _ in $(seq 120); do
		if curl -sf -m 5 "$api/$1/demo/$id/messages" | grep -q "$2"; then
			echo "$1 has: $2"
			return
		fi
		sleep 1
	done
	echo "$1 does not have: $2" >&2
	exit 1
}

# a port that is just being forwarded is tried again
curl -sf -m 10 --retry 20 --retry-delay 1 --retry-connrefused "$api/phone/demo/$id/messages" -d '{"type":"text","text":"hola '"$id"'"}' >/dev/null
expect agent "hola $id"
curl -sf -m 10 "$api/agent/demo/$id/messages" -d '{"type":"text","text":"good day '"$id"'"}' >/dev/null
expect phone "good day $id"
