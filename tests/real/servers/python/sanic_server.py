"""sanic."""

from asyncio_peers import AsyncPeer, later
from sanic import Sanic
from session import Session, arguments, sweep

port, plan = arguments()
app = Sanic("plan")
app.config.WEBSOCKET_PING_INTERVAL = plan.get("ping_s")
app.config.WEBSOCKET_PING_TIMEOUT = plan.get("pong_s")
if plan.get("max_bytes"):
    app.config.WEBSOCKET_MAX_SIZE = plan["max_bytes"]


@app.before_server_start
async def start(*_):
    sweep(plan, later)


@app.websocket("/<path:path>")
async def handler(request, socket, path):
    async def close(code, reason):
        await socket.close(1000 if code == 1005 else code, reason)

    peer = AsyncPeer(socket.send, close, request.transport.close)
    session = Session(plan, peer, later)
    session.opened()
    try:
        async for message in socket:
            session.received(message)
    finally:
        session.lost()
        peer.done()


if __name__ == "__main__":
    app.run("127.0.0.1", port, single_process=True, access_log=False, motd=False, verbosity=0)
