"""python-socketio on aiohttp: Engine.IO's own heartbeat; a client that does not answer `2` with `3` is let go."""

import socketio
from aiohttp import web
from session import arguments

port, plan = arguments()
server = socketio.AsyncServer(
    async_mode="aiohttp", ping_interval=plan.get("ping_s", 25), ping_timeout=plan.get("pong_s", 20),
    cors_allowed_origins="*",
)  # fmt: skip
app = web.Application()
server.attach(app)
web.run_app(app, host="127.0.0.1", port=port, print=None)
