#!/bin/sh
# ejabberd: XMPP over WebSocket at /xmpp, MQTT at /mqtt; both let go who says nothing, each by its own clock.
cat > ejabberd.yml <<CONF
hosts: [localhost]
loglevel: none
auth_method: [anonymous]
anonymous_protocol: login_anon
websocket_timeout: ${PLAN_IDLE_S:-300} s
websocket_ping_interval: ${PLAN_PING_S:-60} s
negotiation_timeout: ${PLAN_LOGIN_S:-30} s
listen:
  - port: $1
    ip: 127.0.0.1
    module: ejabberd_http
    request_handlers: { /xmpp: ejabberd_http_ws, /mqtt: mod_mqtt }
modules: { mod_mqtt: {} }
CONF
export HOME=$PWD ERL_EPMD_ADDRESS=127.0.0.1
mkdir -p spool logs
exec erl -noshell -noinput -pa /usr/lib/*/ejabberd*/ebin -pa /usr/lib/ejabberd*/ebin -mnesia dir "\"$PWD/spool\"" \
  -ejabberd config "\"$PWD/ejabberd.yml\"" log_path "\"$PWD/logs/ejabberd.log\"" -s ejabberd
