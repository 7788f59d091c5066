#!/bin/sh
# Cowboy, as RabbitMQ's package brings it: its own idle timeout, frame limit, and what it says when a handler fails.
here=$(dirname "$(realpath "$0")")
erlc "$here/counter.erl" || exit 1
for one in /usr/lib/rabbitmq/lib/*/plugins/cow* /usr/lib/rabbitmq/lib/*/plugins/ranch*; do paths="$paths $one/ebin"; done
PORT=$1 HOME=$PWD exec erl -noshell -noinput -pa "$PWD" $paths -s counter serve
