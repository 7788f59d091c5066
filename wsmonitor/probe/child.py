"""One run of the probe process and its two pipes, seen from its parent."""

import os
import queue
import subprocess
import threading
import time
from collections.abc import Iterator

from wsmonitor.facts.errors import ChannelError
from wsmonitor.probe import channel

READ_BYTES = 256 * 1024
GREETING_TIMEOUT_S = 10.0


class Child:
    """Greets a probe that was just started; `frames` yields what it says until it ends."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="probe commands", daemon=True)
        self._writer.start()
        self.send(
            channel.Hello(version=channel.VERSION, pid=os.getpid(), at_ns=time.monotonic_ns(), wall_ns=time.time_ns())
        )

    @property
    def pid(self) -> int:
        """The process id of the probe."""
        return self._process.pid

    def send(self, frame: channel.Frame) -> None:
        """Queue a frame for the probe; never blocks. A probe that is gone does not hear it."""
        self._outgoing.put(channel.encode(frame))

    def frames(self) -> Iterator[channel.FromProbe]:
        """What the probe says, greeting first, until its stdout ends.

        Raises `ChannelError` if it speaks another version or something that is no frame.
        """
        assert self._process.stdout is not None
        buffer = channel.FrameBuffer()
        greeted = False
        while data := os.read(self._process.stdout.fileno(), READ_BYTES):
            for body in buffer.feed(data):
                frame = channel.decode_from_probe(body)
                if not greeted:
                    if not isinstance(frame, channel.Hello):
                        raise ChannelError(f"expected a greeting first, found {type(frame).__name__}")
                    channel.check_version(frame)
                    greeted = True
                yield frame

    def end(self, timeout_s: float) -> str:
        """End the probe: close its stdin, wait, kill. How it ended, in words."""
        self._outgoing.put(None)
        self._writer.join(timeout_s)
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._process.stdin is not None and not self._writer.is_alive():
            self._process.stdin.close()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"

    def kill(self) -> None:
        """End the probe at once."""
        self._process.kill()

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            while (data := self._outgoing.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[os.write(stdin.fileno(), view) :]
            stdin.close()
        except OSError:
            return  # the probe is gone; its stdout says so as well
