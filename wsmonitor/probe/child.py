"""One run of the probe process and its two pipes, seen from its parent."""

import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

from wsmonitor.facts.errors import ChannelError
from wsmonitor.probe import channel
from wsmonitor.text.units import exact_s

READ_BYTES = 256 * 1024
GREETING_TIMEOUT_S = 10.0


class Child:
    """Greets a probe that was just started; `frames` yields what it says until it ends."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="probe commands", daemon=True)
        try:
            self._writer.start()
        except RuntimeError:  # no thread to be had
            process.kill()
            process.communicate()
            raise
        self.send(
            channel.Hello(version=channel.VERSION, pid=os.getpid(), at_ns=time.monotonic_ns(), wall_ns=time.time_ns())
        )

    @property
    def pid(self) -> int:
        """The process id of the probe."""
        return self._process.pid

    def send(self, frame: channel.Frame) -> None:
        """Queue a frame for the probe; never blocks. A probe that is gone does not hear it."""
        self.write(channel.encode(frame))

    def write(self, data: bytes) -> None:
        """Queue a frame that is encoded already."""
        self._outgoing.put(data)

    def frames(self, has_read: Callable[[int], None]) -> Iterator[channel.FromProbe]:
        """What the probe says, greeting first, until its stdout ends; `has_read` is told how many bytes each time.

        Raises `ChannelError` if it speaks another version or something that is no frame, or does not greet
        within `GREETING_TIMEOUT_S`.
        """
        assert self._process.stdout is not None
        buffer = channel.FrameBuffer()
        greeted = False
        patience = threading.Timer(GREETING_TIMEOUT_S, self.kill)
        patience.name = "probe greeting"
        patience.daemon = True
        patience.start()
        try:
            while data := os.read(self._process.stdout.fileno(), READ_BYTES):
                for body in buffer.feed(data):
                    frame = channel.decode_from_probe(body)
                    if not greeted:
                        if not isinstance(frame, channel.Hello):
                            raise ChannelError(f"expected a greeting first, found {type(frame).__name__}")
                        channel.check_version(frame)
                        greeted = True
                        patience.cancel()
                    yield frame
                has_read(len(data))
            if not greeted and patience.finished.is_set():
                raise ChannelError(f"expected a greeting, found nothing for {exact_s(GREETING_TIMEOUT_S)}")
        finally:
            patience.cancel()
            patience.join()

    def end(self, timeout_s: float) -> str:
        """End the probe: close its stdin, wait, kill. How it ended, in words."""
        self._outgoing.put(None)
        self._writer.join(timeout_s)
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._writer.join(timeout_s)  # nobody reads stdin any more: a write that hung has failed, and closed it
        if self._process.stdout is not None:
            self._process.stdout.close()
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
        except OSError:
            pass  # the probe is gone; its stdout says so as well
        finally:
            stdin.close()
