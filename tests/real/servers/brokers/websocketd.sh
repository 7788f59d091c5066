#!/bin/sh
# websocketd: a process for each connection, whose end, well or not, is the connection's.
export PLAN="$2"
here=$(dirname "$(realpath "$0")")
exec websocketd --address 127.0.0.1 --port "$1" --loglevel fatal --passenv PLAN,PATH ${PLAN_FULL:+--maxforks $PLAN_FULL} \
  python3 -u "$here/../python/websocketd_line.py"
