#!/usr/bin/env bash
# Unpacks Debian's prosody, with what it needs, into the folder $1, and installs nothing. It fails where that cannot be had, or does
# not run.
set -euo pipefail
run=$(realpath "$(dirname "$0")")/run.sh
command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo "there is no apt-get" >&2; exit 1; }
mkdir -p "$1/deb" && cd "$1/deb"
packages="prosody lua5.4 liblua5.4-0 lua-sec lua-expat lua-socket lua-filesystem lua-event lua-unbound lua-bitop lua-readline"
# shellcheck disable=SC2086 # a list
get() { apt-get -qq download $packages >/dev/null 2>&1; }
get || { apt-get -qq update >/dev/null 2>&1 && get; } || { echo "Debian's packages cannot be had" >&2; exit 1; }
for deb in *.deb; do dpkg -x "$deb" ../root; done
"$run" "$PWD/.." -e 'require "util.encodings"; require "lxp"; require "socket"; require "ssl"' || { echo "prosody does not run" >&2; exit 1; }
