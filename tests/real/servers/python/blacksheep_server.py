"""BlackSheep on uvicorn: how a failing handler is worded is the framework's."""

import uvicorn
from asyncio_peers import AsyncPeer, later
from blacksheep import Application, WebSocket
from session import Session, arguments, sweep

port, plan = arguments()
app = Application()


@app.on_start
async def started(_):
    sweep(plan, later)


@app.router.ws("/ws")
async def handler(websocket: WebSocket):
    await websocket.accept()

    async def close(code, reason):
        await websocket.close(1000 if code == 1005 else code, reason or None)

    peer = AsyncPeer(websocket.send_text, close)
    session = Session(plan, peer, later)
    session.opened()
    try:
        while True:
            session.received(await websocket.receive_text())
    finally:
        session.lost()
        peer.done()


uvicorn.run(app, port=port, log_level="error", ws_ping_interval=plan.get("ping_s"), ws_ping_timeout=plan.get("pong_s"))
