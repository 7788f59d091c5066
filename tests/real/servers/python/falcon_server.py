"""Falcon or Litestar on uvicorn: how a failing handler is worded is the framework's."""

import uvicorn
from asyncio_peers import AsyncPeer, later
from session import Session, arguments, sweep

port, plan = arguments()
started = []


def sweep_once():
    if not started:
        started.append(True)
        sweep(plan, later)


def falcon():
    import falcon.asgi

    class Desk:
        async def on_websocket(self, request, socket):
            sweep_once()
            await socket.accept()

            async def close(code, reason):
                await socket.close(1000 if code == 1005 else code, reason or None)

            peer = AsyncPeer(socket.send_text, close)
            session = Session(plan, peer, later)
            session.opened()
            try:
                while True:
                    session.received(await socket.receive_text())
            finally:
                session.lost()
                peer.done()

    app = falcon.asgi.App()
    app.add_route("/ws", Desk())
    return app


def litestar():
    from litestar import Litestar, WebSocket, websocket

    @websocket("/ws")
    async def handler(socket: WebSocket) -> None:
        sweep_once()
        await socket.accept()

        async def close(code, reason):
            await socket.close(1000 if code == 1005 else code, reason or None)

        peer = AsyncPeer(socket.send_text, close)
        session = Session(plan, peer, later)
        session.opened()
        try:
            while True:
                session.received(await socket.receive_text())
        finally:
            session.lost()
            peer.done()

    return Litestar([handler], logging_config=None)


more = {"ws_max_size": plan["max_bytes"]} if plan.get("max_bytes") else {}
uvicorn.run({"falcon": falcon, "litestar": litestar}[plan["server"]](), port=port, log_level="error",
            ws_ping_interval=plan.get("ping_s"), ws_ping_timeout=plan.get("pong_s"), **more)  # fmt: skip
