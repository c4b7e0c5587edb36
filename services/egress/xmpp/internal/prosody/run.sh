#!/bin/sh
# Runs the lua of the prosody that get.sh unpacked into the folder $1, with the arguments that follow.
root=$(realpath "$1")/root
shift
lib=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
export LD_LIBRARY_PATH="$lib"
export LUA_PATH="$root/usr/lib/prosody/?.lua;$root/usr/share/lua/5.4/?.lua;$root/usr/share/lua/5.4/?/init.lua;;"
export LUA_CPATH="$root/usr/lib/prosody/?.so;$lib/lua/5.4/?.so;;"
exec "$root/usr/bin/lua5.4" "$@"
