"""A WebSocket server of bare sockets with habits. It shares no code with what it tests."""

import asyncio
import random
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.experiments.strange.frames import CLOSE, CONTROL, PING, PONG, encode, head_of, is_utf8, is_wrong, payload_of
from tests.experiments.strange.habits import Ends, Habits
from tests.experiments.strange.opening import objection, welcome
from tests.experiments.strange.timers import Timers

SILENT_CODES = (1004, 1005, 1006, 1015)


@asynccontextmanager
async def serving(habits: Habits, seed: int = 0) -> AsyncIterator[int]:
    """The port of a server with these habits."""
    house = House(habits, random.Random(seed))
    server = await asyncio.get_running_loop().create_server(lambda: Guest(house), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        house.close()


class House:
    """What the connections of one server share."""

    def __init__(self, habits: Habits, dice: random.Random) -> None:
        self.habits = habits
        self.dice = dice
        self.guests: list[Guest] = []
        self.openings: list[float] = []
        self._round: asyncio.TimerHandle | None = None
        if habits.pings_all_at_once and habits.pings_s:
            self._round = asyncio.get_running_loop().call_later(dice.uniform(0, habits.pings_s), self._ping_all)

    def close(self) -> None:
        if self._round is not None:
            self._round.cancel()
        for guest in list(self.guests):
            guest.abort()

    def refusal(self) -> str:
        """How one more opening is refused; empty where it is welcome. `replace` makes room."""
        habits, now = self.habits, time.monotonic()
        self.openings = [at for at in self.openings if now - at < 1.0]
        if habits.rate is not None and len(self.openings) >= habits.rate:
            return habits.refuses
        self.openings.append(now)
        if habits.room is not None and len(self.guests) >= habits.room:
            if habits.refuses != "replace":
                return habits.refuses
            self.guests[0].leave("close", habits.refusing_code)
        return ""

    def _ping_all(self) -> None:
        assert self.habits.pings_s
        for guest in list(self.guests):
            if guest.owes_pong:
                guest.leave(self.habits.keepalive_ends, self.habits.keepalive_code)
            else:
                guest.ping(waits=False)
        self._round = asyncio.get_running_loop().call_later(self.habits.pings_s, self._ping_all)


class Guest(asyncio.Protocol):
    """One connection."""

    def __init__(self, house: House) -> None:
        self.house, self.habits = house, house.habits
        self.buffer = bytearray()
        self.is_upgraded = self.is_over = self.is_deaf = self.owes_pong = False
        self.size = 0
        self.kind = 0
        self.text = bytearray()
        self.timers = Timers()
        self.opened = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone()

    def eof_received(self) -> bool:
        self._gone()
        return False

    def data_received(self, data: bytes) -> None:
        if self.habits.latency_s:
            asyncio.get_running_loop().call_later(self.habits.latency_s, self.arrived, data)
        else:
            self.arrived(data)

    def arrived(self, data: bytes) -> None:
        if self.is_deaf:
            return
        self.buffer += data
        if not self.is_upgraded:
            self._request()
        elif self.habits.resets in ("any", "client"):
            self._restart()
        while self.is_upgraded and not self.is_over and self._frame():
            pass

    # the opening

    def _request(self) -> None:
        head, end, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        if not end or self.is_over:
            return
        lines = head.decode("latin-1").split("\r\n")
        fields = [
            (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])
        ]
        answer = objection(lines[0].split(" "), fields, self.habits)
        if answer:
            self._http(answer)
            return
        refusal = self.house.refusal()
        match refusal:
            case "429" | "503" | "403":
                self._http(f"{refusal} No")
                return
            case "drop":
                self.abort()
                return
            case "hang":
                self.is_over = True
                return
        self.buffer[:] = rest
        self._welcome(dict(fields))
        if refusal == "turn away":
            self.leave("close", self.habits.refusing_code)

    def _http(self, status: str) -> None:
        self.is_over = True
        self.transport.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.transport.close()

    def _welcome(self, fields: dict[str, str]) -> None:
        habits = self.habits
        self.transport.write(welcome(fields, habits))
        self.is_upgraded = True
        self.opened = time.monotonic()
        self.house.guests.append(self)
        self._restart()
        if habits.greets:
            self.say(1, b"hello")
        if habits.pushes_s:
            self.timers.every("push", habits.pushes_s, lambda: self.say(1, b"news"))
        if habits.pings_s and not habits.pings_all_at_once:
            self.timers.every("ping", habits.pings_s, self.ping)

    # what it sends

    def say(self, opcode: int, payload: bytes = b"") -> None:
        if self.is_over or self.is_deaf:
            return
        if self.habits.resets in ("any", "server"):
            self._restart()
        self._write(opcode, payload)

    def _write(self, opcode: int, payload: bytes) -> None:
        self.transport.write(encode(opcode, payload, masks=self.habits.masks))

    def ping(self, *, waits: bool = True) -> None:
        if self.is_over:
            return
        self.say(PING, b"are you there")
        if waits and self.habits.pong_wait_s is not None and "pong" not in self.timers.running:
            ends, code = self.habits.keepalive_ends, self.habits.keepalive_code
            self.timers.later("pong", self.habits.pong_wait_s, lambda: self.leave(ends, code))
        self.owes_pong = True

    def leave(self, how: Ends, code: int) -> None:
        if self.is_over:
            return
        if how == "silent":
            self.is_deaf = True
            self._gone()
            return
        if how == "close":
            self._write(CLOSE, struct.pack("!H", code))
        self.is_over = True
        self._gone()
        if how == "rst":
            self.abort()
        else:
            self.transport.close()

    def abort(self) -> None:
        self.is_over = True
        sock = self.transport.get_extra_info("socket")
        if sock is not None and not self.transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    # what comes

    def _frame(self) -> bool:
        """Take one frame off the buffer; false where none is whole."""
        habits = self.habits
        head = head_of(self.buffer)
        if head is None:
            return False
        if is_wrong(head, habits, in_message=bool(self.kind)):
            self.fail(habits.fails_with)
            return False
        if habits.frame_bytes is not None and head.size > habits.frame_bytes and head.opcode < CONTROL:
            self._too_big()
            return False
        payload = payload_of(self.buffer, head)
        if payload is None:
            return False
        self._take(head.opcode, head.fin, payload)
        return True

    def _take(self, opcode: int, fin: bool, payload: bytes) -> None:
        habits = self.habits
        if opcode == PING and habits.pongs != "none":
            self.say(PONG, payload if habits.pongs == "same" else b"no")
        elif opcode == PONG:
            if habits.hates_pongs and not self.owes_pong:
                self.fail(1002)
            elif habits.any_pong_counts or payload == b"are you there":
                self.owes_pong = False
                self.timers.cancel("pong")
        elif opcode == CLOSE:
            self._closed(payload)
        elif opcode < CONTROL:
            self._data(opcode, fin, payload)

    def _data(self, opcode: int, fin: bool, payload: bytes) -> None:
        habits = self.habits
        if opcode:
            self.kind, self.size = opcode, 0
            self.text.clear()
        self.size += len(payload)
        self.text += payload[: max(0, 4096 - len(self.text))]
        if habits.message_bytes is not None and self.size > habits.message_bytes:
            self._too_big()
            return
        if not fin:
            return
        kind, self.kind = self.kind, 0
        if kind == 1 and "utf8" not in habits.accepts and not is_utf8(bytes(self.text)):
            self.fail(1007)
            return
        if habits.resets == "data":
            self._restart()
        if time.monotonic() - self.opened < habits.late_s:
            if habits.late_closes:
                self.fail(1008)
            return
        if habits.echoes:
            self.say(kind or 2, bytes(self.text))
        for other in self.house.guests if habits.broadcasts else ():
            if other is not self:
                other.say(kind or 2, bytes(self.text))

    def _too_big(self) -> None:
        if self.habits.size_ends == "drop":
            self.is_over = True
            self._gone()
            self.transport.close()
        else:
            self.fail(int(self.habits.size_ends))

    def fail(self, code: int) -> None:
        self.leave("close", code)

    def _closed(self, payload: bytes) -> None:
        habits = self.habits
        code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else None
        if len(payload) == 1 or (code is not None and not self._is_good(code)):
            self.fail(habits.fails_with)
            return
        if not is_utf8(payload[2:]):
            self.fail(1007)
            return
        self._gone()
        if habits.close_echo == "none":
            return
        answer = {"same": payload[:2], "1000": b"\x03\xe8", "empty": b""}[habits.close_echo]
        self.timers.later("answer", habits.close_after_s, lambda: self._answer_close(answer))

    def _answer_close(self, answer: bytes) -> None:
        if self.is_over:
            return
        self._write(CLOSE, answer)
        self.is_over = True
        if self.habits.fin_after_s is not None:
            self.timers.later("fin", self.habits.fin_after_s, self.transport.close)

    def _is_good(self, code: int) -> bool:
        known = 1000 <= code <= 1014 and code not in SILENT_CODES
        return known or 3000 <= code <= 4999 or code in self.habits.accepts_codes

    # timers

    def _restart(self) -> None:
        habits = self.habits
        if habits.idle_s is None or self.is_over or (habits.resets == "nothing" and "idle" in self.timers.running):
            return
        self.timers.cancel("idle")
        seconds = habits.idle_s * (1 + self.house.dice.uniform(-habits.jitter, habits.jitter))
        self.timers.later("idle", seconds, lambda: self.leave(habits.ends, habits.end_code))

    def _gone(self) -> None:
        if self in self.house.guests:
            self.house.guests.remove(self)
        self.timers.cancel_all()
