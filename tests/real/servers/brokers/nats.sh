#!/bin/sh
# nats-server with its WebSocket listener: its own PING, its authorisation, its limits.
cat > nats.conf <<CONF
host: 127.0.0.1
port: -1
websocket { host: 127.0.0.1, port: $1, no_tls: true }
ping_interval: "${PLAN_PING_S:-120}s"
ping_max: ${PLAN_PING_MAX:-2}
max_payload: ${PLAN_MAX_BYTES:-1048576}
max_connections: ${PLAN_FULL:-64000}
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
$([ -n "$PLAN_TOKEN" ] && echo "authorization { token: $PLAN_TOKEN, timeout: ${PLAN_LOGIN_S:-2} }")
CONF
exec nats-server -c nats.conf
