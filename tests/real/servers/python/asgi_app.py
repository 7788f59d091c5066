"""One ASGI application for uvicorn, hypercorn, daphne and granian: bare, or behind starlette or channels."""

import json
import os

from asyncio_peers import AsyncPeer, later
from session import Session, sweep

plan = json.loads(os.environ["PLAN"])
started = []


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": plan.get("reject", 404), "headers": []})
        await send({"type": "http.response.body", "body": b"no page here"})
        return
    if not started:
        started.append(True)
        sweep(plan, later)
    await receive()
    if plan.get("reject"):
        await send({"type": "websocket.close", "code": 4403})
        return
    await send({"type": "websocket.accept"})

    async def text(data):
        await send({"type": "websocket.send", "text": data})

    async def close(code, reason):
        await send({"type": "websocket.close", "code": 1000 if code == 1005 else code, "reason": reason})

    peer = AsyncPeer(text, close)
    session = Session(plan, peer, later)
    session.opened()
    try:
        while (event := await receive())["type"] == "websocket.receive":
            session.received(event.get("text") or event.get("bytes") or b"")
    finally:
        session.lost()
        peer.done()


async def lifespan(receive, send):
    while True:
        event = await receive()
        await send({"type": event["type"] + ".complete"})
        if event["type"] == "lifespan.shutdown":
            return
