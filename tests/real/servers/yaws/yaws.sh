#!/bin/sh
# Yaws: its callbacks run in a process for each connection; what one raises ends it as Yaws has it.
here=$(dirname "$(realpath "$0")")
mkdir -p ebin root logs
erlc -o ebin -pa /usr/lib/yaws/ebin -I /usr/lib/yaws/include "$here/desk.erl" || exit 1
cat > yaws.conf <<CONF
logdir = $PWD/logs
ebin_dir = $PWD/ebin
trace = false
<server localhost>
  port = $1
  listen = 127.0.0.1
  docroot = $PWD/root
  access_log = false
  appmods = </, desk>
</server>
CONF
exec env HOME="$PWD" YAWSHOME="$PWD" yaws --interactive --conf "$PWD/yaws.conf" --id "desk$1" --erlarg "-noshell -noinput"
