"""Tremolo, with its own frames in pure Python: what a handler raises is its own to word."""

from asyncio_peers import AsyncPeer, later
from session import Session, arguments, sweep
from tremolo import Application

port, plan = arguments()
app = Application()


@app.on_worker_start
async def started(**_):
    sweep(plan, later)


@app.route("/ws")
async def handler(websocket=None, **_):
    if websocket is None:
        return b"no page here"
    await websocket.accept()

    async def close(code, reason):
        await websocket.close(1000 if code == 1005 else code)

    peer = AsyncPeer(websocket.send, close, websocket.request.protocol.transport.close)
    session = Session(plan, peer, later)
    session.opened()
    try:
        async for message in websocket:
            session.received(message)
    finally:
        session.lost()
        peer.done()


app.run("127.0.0.1", port, debug=False, request_timeout=2 * plan.get("ping_s", 30), keepalive_timeout=3600,
        ws_max_payload_size=plan.get("max_bytes", 2**20), worker_num=1, log_level="ERROR")  # fmt: skip
