"""trio-websocket (wsproto underneath)."""

import contextlib

import trio
from session import Session, arguments, sweep
from trio_websocket import ConnectionClosed, serve_websocket

port, plan = arguments()


async def main():
    async with trio.open_nursery() as nursery:

        def later(seconds, call):
            async def wait():
                await trio.sleep(seconds)
                call()

            nursery.start_soon(wait)

        async def handler(request):
            socket = await request.accept()

            class Peer:
                @staticmethod
                def send(text):
                    nursery.start_soon(guarded, socket.send_message, text)

                @staticmethod
                def close(code, reason):
                    nursery.start_soon(guarded, socket.aclose, 1000 if code == 1005 else code, reason)

                @staticmethod
                def abort():
                    nursery.start_soon(guarded, socket._stream.aclose)

            session = Session(plan, Peer, later)
            session.opened()
            try:
                while True:
                    session.received(await socket.get_message())
            except (ConnectionClosed, RuntimeError):
                pass
            finally:
                session.lost()

        sweep(plan, later)
        await serve_websocket(handler, "127.0.0.1", port, None)


async def guarded(call, *arguments):
    with contextlib.suppress(ConnectionClosed, trio.ClosedResourceError, trio.BrokenResourceError):
        await call(*arguments)


trio.run(main)
