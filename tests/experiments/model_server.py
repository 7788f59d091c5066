"""A server in memory whose habits are parameters: the truth that an experiment has to find."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.line.upgrade import Request, accept_of, new_key
from wsmonitor.lab.wire.frames import Frame, FrameParser, Opcode, ViolationError, close_payload, encode

DELAY_S = 0.005


Resets = Literal["any", "client", "server", "data", "first message", "nothing"]
Ends = Literal["close", "fin", "rst", "forget", "forget_rst"]


@dataclass
class Habits:
    """`resets` names what restarts the idle timer; `loss` how the end looks from outside."""

    idle_s: float | None = None
    resets: Resets = "any"
    ends: Ends = "fin"
    jitter: Callable[[], float] = lambda: 1.0
    sweep_s: float | None = None
    """The server looks this often who was silent for too long, instead of a timer for each."""
    age_s: float | None = None
    pings_s: float | None = None
    pushes_s: float | None = None
    allowed: int = 1000
    """One more connection ends the oldest with 4409."""
    refuses_after: int = 10**9
    """Openings beyond it get 429."""
    refuses: tuple[int, ...] = ()
    """These openings get 429."""
    outage_at_s: float | None = None
    """Everything ends at this age of the server, once."""
    room: int = 1000
    """One more connection is upgraded and turned away at once."""
    frame_bytes: int | None = None
    """Larger frames are refused with 1009: on their announcement, unless they are awaited."""
    awaits_frames: bool = False
    message_bytes: int | None = None
    """Larger messages are refused with 1009, however they are cut."""
    hangs: tuple[float, float] | None = None
    """Between these ages of the server nothing that comes is looked at."""
    echoes: bool = True
    broadcasts: bool = False
    headers: tuple[tuple[str, str], ...] = ()


class ModelServer:
    """Reached through `connect`, as `bench.Way`."""

    timeout_s = 5.0

    def __init__(self, habits: Habits) -> None:
        self.habits = habits
        self.visits: list[Visit] = []
        self.openings = 0
        self.began_s = 0.0

    origin = "http://model"

    @property
    def request(self) -> Request:
        return Request(
            "/",
            (
                ("Host", "model"),
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", new_key()),
                ("Sec-WebSocket-Version", "13"),
            ),
        )

    async def connect(self, line: Line) -> None:
        self.openings += 1
        if self.openings == 1:
            self.began_s = asyncio.get_running_loop().time()
            if self.habits.sweep_s is not None:
                asyncio.get_running_loop().call_later(self.habits.sweep_s, self.sweep)
        if self.openings == 1 and self.habits.outage_at_s is not None:
            asyncio.get_running_loop().call_later(self.habits.outage_at_s, self._outage)
        visit = Visit(self, line, is_refused=self.is_refused(self.openings))
        self.visits.append(visit)
        open_visits = [one for one in self.visits if one.is_open]
        for oldest in open_visits[: max(0, len(open_visits) - self.habits.allowed)]:
            oldest.say_close(4409)

    def is_refused(self, opening: int) -> bool:
        return opening > self.habits.refuses_after or opening in self.habits.refuses

    def sweep(self) -> None:
        """End who was silent for too long."""
        loop = asyncio.get_running_loop()
        for visit in self.visits:
            if visit.is_open and visit.heard_s and loop.time() - visit.heard_s > (self.habits.idle_s or 0):
                visit.leave(self.habits.ends)
        loop.call_later(self.habits.sweep_s or 1, self.sweep)

    def delay_s(self) -> float:
        """How long what comes now is on its way."""
        begin_s, end_s = self.habits.hangs or (0.0, 0.0)
        age_s = asyncio.get_running_loop().time() - self.began_s
        return DELAY_S + (end_s - age_s if begin_s <= age_s < end_s else 0.0)

    def follow(self, location: str) -> bool:
        raise AssertionError(f"nobody redirects to {location}")

    def _outage(self) -> None:
        for visit in self.visits:
            visit.leave("fin")


class Visit(asyncio.Transport):
    """One connection: what the line writes arrives here, and the other way round, `DELAY_S` later."""

    def __init__(self, server: ModelServer, line: Line, *, is_refused: bool) -> None:
        super().__init__()
        self.server = server
        self.habits = server.habits
        self.line = line
        self.is_refused = is_refused
        self.is_open = True
        self.forgot = False
        self.heard_s = 0.0
        self._message_bytes = 0
        self._loop = asyncio.get_running_loop()
        self._request = bytearray()
        self._is_upgraded = False
        self._parser = FrameParser()
        self._timer: asyncio.TimerHandle | None = None
        self._others: list[asyncio.TimerHandle] = []
        self._is_lost = False
        line.connection_made(self)

    # As a transport

    def write(self, data: Any) -> None:
        self._loop.call_later(self.server.delay_s(), self.arrived, bytes(data))

    def is_closing(self) -> bool:
        return self._is_lost

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def get_write_buffer_size(self) -> int:
        return 0

    def abort(self) -> None:
        self._lose(None)

    def close(self) -> None:
        self._lose(None)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    # As a server

    def arrived(self, data: bytes) -> None:
        if self.forgot:
            if self.habits.ends == "forget_rst":
                self._loop.call_later(DELAY_S, self._lose, ConnectionResetError())
            return
        if not self.is_open:
            return
        if not self._is_upgraded:
            self._answer_request(data)
            return
        if self.habits.resets in ("any", "client"):
            self._restart()
        most = self.habits.frame_bytes
        if most is not None and not self.habits.awaits_frames and _announced(data) > most:
            self.say_close(1009)
            return
        self._parser.feed(data)
        for frame in self._frames():
            if most is not None and len(frame.payload) > most:
                self.say_close(1009)
                return
            self._take(frame)

    def say_close(self, code: int) -> None:
        self.say(encode(Opcode.CLOSE, close_payload(code)))
        self.leave("fin")

    def say(self, data: bytes, *, restarts: bool = True) -> None:
        if self.is_open and not self.forgot:
            if restarts and self.habits.resets in ("any", "server"):
                self._restart()
            self._loop.call_later(DELAY_S, self._deliver, data)

    def leave(self, how: str) -> None:
        if not self.is_open or not self._is_upgraded:
            return
        match how:
            case "close":
                self.say(encode(Opcode.CLOSE, close_payload(1001)), restarts=False)
                self._loop.call_later(DELAY_S, self._fin)
            case "fin":
                self._loop.call_later(DELAY_S, self._fin)
            case "rst":
                self._loop.call_later(DELAY_S, self._lose, ConnectionResetError())
            case _:
                self.forgot = True
                return
        self.is_open = False

    def _frames(self) -> Iterator[Frame]:
        with contextlib.suppress(ViolationError):  # the parser's own limit: what is larger is awaited for ever
            while (frame := self._parser.next_frame()) is not None:
                yield frame

    def _take(self, frame: Frame) -> None:
        if frame.opcode < Opcode.CLOSE:
            self._message_bytes = len(frame.payload) + (self._message_bytes if frame.opcode == 0 else 0)
            if self.habits.message_bytes is not None and self._message_bytes > self.habits.message_bytes:
                self.say_close(1009)
                return
        match frame.opcode:
            case Opcode.PING:
                self.say(encode(Opcode.PONG, frame.payload))
            case Opcode.CLOSE:
                self.say(encode(Opcode.CLOSE, frame.payload[:2]))
                self.leave("fin")
            case Opcode.TEXT | Opcode.BINARY:
                if self.habits.resets == "data":
                    self._restart()
                if self.habits.resets == "first message" and self._timer is not None:
                    self._timer.cancel()
                if self.habits.echoes and frame.fin:
                    self.say(encode(frame.opcode, frame.payload))
                for other in self.server.visits if self.habits.broadcasts else ():
                    if other is not self:
                        other.say(encode(frame.opcode, frame.payload))
            case _:
                pass

    def _answer_request(self, data: bytes) -> None:
        self._request += data
        if b"\r\n\r\n" not in self._request:
            return
        if self.is_refused:
            self._deliver(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
            return
        lines = bytes(self._request).decode().split("\r\n")
        key = next(line.partition(": ")[2] for line in lines if line.lower().startswith("sec-websocket-key"))
        head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        head += [
            f"Sec-WebSocket-Accept: {accept_of(key)}",
            *(f"{name}: {value}" for name, value in self.habits.headers),
        ]
        self._is_upgraded = True
        self.say("\r\n".join([*head, "", ""]).encode())
        self._restart()
        if sum(one.is_open for one in self.server.visits) > self.habits.room:
            self.leave("close" if self.habits.ends == "close" else "fin")
        if self.habits.age_s is not None:
            self._others.append(self._loop.call_later(self.habits.age_s, self.leave, self.habits.ends))
        if self.habits.pings_s:
            self._every(self.habits.pings_s, encode(Opcode.PING, b"server"))
        if self.habits.pushes_s:
            self._every(self.habits.pushes_s, encode(Opcode.TEXT, b"news"))

    def _every(self, seconds: float, data: bytes) -> None:
        def again() -> None:
            self.say(data)
            if self.is_open:
                self._others.append(self._loop.call_later(seconds, again))

        self._others.append(self._loop.call_later(seconds, again))

    def _restart(self) -> None:
        if self.habits.idle_s is None:
            return
        self.heard_s = self._loop.time()
        if self.habits.sweep_s is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
        seconds = self.habits.idle_s * self.habits.jitter()
        self._timer = self._loop.call_later(seconds, self.leave, self.habits.ends)

    def _deliver(self, data: bytes) -> None:
        if not self._is_lost:
            self.line.data_received(data)

    def _fin(self) -> None:
        if not self._is_lost:
            self.line.eof_received()
            self._lose(None)

    def _lose(self, error: Exception | None) -> None:
        if self._is_lost:
            return
        self._is_lost = True
        self.is_open = False
        for timer in (self._timer, *self._others):
            if timer is not None:
                timer.cancel()
        self._loop.call_soon(self.line.connection_lost, error)


def _announced(data: bytes) -> int:
    """The size that the head of a frame at the beginning of `data` announces."""
    short = data[1] & 0x7F
    extra = {126: 2, 127: 8}.get(short, 0)
    return int.from_bytes(data[2 : 2 + extra], "big") if extra else short
