"""A peer over two coroutines, for servers that run on asyncio: what is sent goes out in order."""

import asyncio


class AsyncPeer:
    """Turns the plain calls of a session into awaited ones of a library."""

    def __init__(self, send, close, abort=None):
        self._calls = asyncio.Queue()
        self._send, self._close, self._abort = send, close, abort
        self._task = asyncio.ensure_future(self._run())

    def send(self, text):
        self._calls.put_nowait(lambda: self._send(text))

    def close(self, code, reason):
        self._calls.put_nowait(lambda: self._close(code, reason))

    def abort(self):
        if self._abort is not None:
            self._abort()
        else:
            self.close(1000, "")

    def done(self):
        self._task.cancel()

    async def _run(self):
        while True:
            try:
                await (await self._calls.get())()
            except Exception:  # the connection may be gone by now
                return


def later(seconds, call):
    """A timer of the running loop."""
    asyncio.get_running_loop().call_later(seconds, call)
