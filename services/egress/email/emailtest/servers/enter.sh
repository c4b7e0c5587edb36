#!/bin/sh
# Runs a command where the servers are as if they were installed: in a mount namespace of its own, over packages of Debian that were
# unpacked into $1. For machines on which nothing may be installed; it needs root.
#
#	mkdir -p /tmp/mail/deb && cd /tmp/mail/deb && apt-get download dovecot-core dovecot-imapd dovecot-lmtpd exim4-base exim4-daemon-light … && for p in *.deb; do dpkg -x "$p" ../root; done
#	emailtest/servers/enter.sh /tmp/mail/root go test -run TestServers .
set -eu
root=$1
shift
people=$(mktemp -d)
cp /etc/passwd /etc/group "$people"
for one in dovecot dovenull Debian-exim; do
  id=$((900 + $(printf %s "$one" | wc -c)))
  grep -q "^$one:" /etc/passwd || echo "$one:x:$id:$id::/nonexistent:/usr/sbin/nologin" >>"$people/passwd"
  grep -q "^$one:" /etc/group || echo "$one:x:$id:" >>"$people/group"
done
# shellcheck disable=SC2016
exec unshare -m sh -c '
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
  mount --bind "$2/passwd" /etc/passwd
  mount --bind "$2/group" /etc/group
  shift 2
  exec "$@"' sh "$root" "$people" "$@"
