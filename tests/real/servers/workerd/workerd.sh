#!/bin/sh
# Cloudflare's workerd: a worker that is asked for a WebSocket; what its handler raises is the runtime's.
here=$(dirname "$(realpath "$0")")
cp "$here/worker.js" "$here/worker.capnp" .
printf '%s' "$2" > plan.json
exec "$3" serve worker.capnp --socket-addr "http=127.0.0.1:$1"
