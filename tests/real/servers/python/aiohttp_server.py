"""aiohttp."""

import aiohttp
from aiohttp import web
from asyncio_peers import AsyncPeer, later
from session import Session, arguments, sweep

port, plan = arguments()


async def handler(request):
    if plan.get("reject"):
        return web.Response(status=plan["reject"], text=plan.get("body", ""))
    socket = web.WebSocketResponse(heartbeat=plan.get("ping_s"), max_msg_size=plan.get("max_bytes", 4 << 20))
    await socket.prepare(request)

    async def close(code, reason):
        await socket.close(code=1000 if code == 1005 else code, message=reason.encode())

    peer = AsyncPeer(socket.send_str, close, request.transport.abort if plan.get("rst") else request.transport.close)
    session = Session(plan, peer, later)
    session.opened()
    try:
        async for message in socket:
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                session.received(message.data)
    finally:
        session.lost()
        peer.done()
    return socket


async def start(app):
    sweep(plan, later)


app = web.Application()
app.router.add_get("/{path:.*}", handler)
app.on_startup.append(start)
web.run_app(app, host="127.0.0.1", port=port, print=None)
