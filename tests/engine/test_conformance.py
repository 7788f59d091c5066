"""On the wire the engine does exactly what bare `websockets` does, in the spirit of Autobahn's client cases.

Each case is played twice, to a bare client that echoes and to our engine that echoes: what each sends
back is compared frame by frame (masking keys aside), and so are the messages that each delivers. In one
thing ours does more: what came before the end is answered first, also where both came in one segment, which
the bare client's reader learns too late.
"""

import asyncio
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import OPEN

from tests.engine.peer import BINARY, CLOSE, CONT, PING, PONG, TEXT, Received, Wire, close, frame, peer, text
from tests.engine.watching import endpoint, watching
from wsmonitor.facts.events import Control, Message, State
from wsmonitor.settings.endpoint_settings import LimitsConfig

MAX_BYTES = 2000

Case = Sequence[bytes]
"""Segments: each is written by itself, once the pong to the probe before it has come."""


@dataclass
class Heard:
    """What a client did: its request, the frames that it sent back, the messages that it delivered."""

    request: list[str] = field(default_factory=list)
    frames: list[tuple[int, bool, bytes]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    unsent: list[tuple[int, bool, bytes]] = field(default_factory=list)
    """Answers that came too late: the end had begun."""
    ended: bool = False

    @property
    def answered_first(self) -> list[tuple[int, bool, bytes]]:
        """The frames, with what was too late in front of the Close."""
        return [*self.frames[:-1], *self.unsent, *self.frames[-1:]]


class Player:
    """Plays a case to whoever connects and writes down what comes back."""

    def __init__(self, case: Case, *, deflate: bool) -> None:
        self.case = case
        self.deflate = deflate
        self.heard = Heard()
        self.over = asyncio.Event()

    async def __call__(self, wire: Wire) -> None:
        extra = ["Sec-WebSocket-Extensions: permessage-deflate"] if self.deflate else []
        await wire.upgrade(extra=extra)
        aside = ("sec-websocket-key", "host")
        self.heard.request = [wire.request_line] + [
            f"{name}: {value}" for name, value in sorted(wire.headers.items()) if name not in aside
        ]
        try:
            for number, segment in enumerate(self.case):
                wire.write(segment + frame(PING, b"%d" % number))
                if not await self._read_until_pong(wire, b"%d" % number):
                    break
            else:
                wire.write(close(1000))
                await self._read_until_pong(wire, b"")
            wire.fin()
            self.heard.ended = await wire.gone() == b""
        finally:
            self.over.set()

    async def _read_until_pong(self, wire: Wire, payload: bytes) -> bool:
        while True:
            received = await wire.read()
            if received.opcode == PONG and received.payload == payload:
                return True
            self.heard.frames.append((received.opcode, received.fin, received.payload))
            if received.opcode == CLOSE:
                return False


async def play_bare(case: Case, *, deflate: bool) -> Heard:
    player = Player(case, deflate=deflate)
    async with peer(player) as listening:
        async with connect(
            listening.url,
            compression="deflate" if deflate else None,
            max_size=MAX_BYTES,
            ping_interval=None,
            close_timeout=0.5,
            proxy=None,
        ) as bare:
            try:
                while True:
                    message = await bare.recv()
                    opcode, payload = (TEXT, message.encode()) if isinstance(message, str) else (BINARY, message)
                    player.heard.messages.append(payload)
                    if bare.state is OPEN:
                        await bare.send(message)
                    else:
                        player.heard.unsent.append((opcode, True, payload))
            except ConnectionClosed:
                pass
        await player.over.wait()
    return player.heard


async def play_ours(case: Case, *, deflate: bool) -> Heard:
    player = Player(case, deflate=deflate)
    config = {"echo": True, "compression": deflate, "limits": LimitsConfig(max_message_bytes=MAX_BYTES)}
    async with peer(player) as listening, watching(endpoint(listening.url, **config)) as watch:
        await watch.verdict()
        await watch.state(State.STOPPED)
        await player.over.wait()
        player.heard.messages = [message.payload for message in watch.all(Message) if message.direction == "rx"]
    return player.heard


def deflated(data: bytes, *, level: int = 6) -> bytes:
    """A message's payload as permessage-deflate wants it (RFC 7692, 7.2.1)."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


SIZES = (0, 1, 125, 126, 127, 128, 1999, 2000)

FRAMING: dict[str, Case] = {
    **{f"text of {size}": [frame(TEXT, b"*" * size)] for size in SIZES},
    **{f"binary of {size}": [frame(BINARY, b"\xfe" * size)] for size in SIZES},
    "length 5 in two bytes": [b"\x82\x7e\x00\x05" + b"hello"],
    "length 5 in eight bytes": [b"\x82\x7f" + struct.pack("!Q", 5) + b"hello"],
    "byte by byte": [bytes([byte]) for byte in text("hello")],
    "in two pieces": [text("hello")[:4], text("hello")[4:]],
    "two messages in one segment": [text("one") + frame(BINARY, b"two")],
    "masked": [frame(TEXT, b"hi", mask=b"\x01\x02\x03\x04")],
    "masked with zero": [frame(TEXT, b"hi", mask=bytes(4))],
}

PINGS_PONGS: dict[str, Case] = {
    "empty ping": [frame(PING)],
    "ping with text": [frame(PING, b"Hello, world!")],
    "binary ping": [frame(PING, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")],
    "ping of 125": [frame(PING, b"\xfe" * 125)],
    "ping of 126": [frame(PING, b"\xfe" * 126)],
    "ten pings": [b"".join(frame(PING, b"payload-%d" % number) for number in range(10))],
    "ping byte by byte": [bytes([byte]) for byte in frame(PING, b"slow")],
    "unsolicited pong": [frame(PONG)],
    "unsolicited pong with payload": [frame(PONG, b"unsolicited")],
    "pong then ping": [frame(PONG, b"x") + frame(PING, b"y")],
    "fragmented ping": [frame(PING, b"part", fin=False)],
    "long pong": [frame(PONG, bytes(126))],
}

RESERVED: dict[str, Case] = {
    **{f"rsv {rsv}": [frame(TEXT, b"hi", rsv=rsv)] for rsv in range(1, 8)},
    **{f"rsv {rsv} on a ping": [frame(PING, b"hi", rsv=rsv)] for rsv in (1, 2, 4)},
    "rsv on a Close": [frame(CLOSE, rsv=4)],
    "good then rsv": [text("good") + frame(TEXT, b"bad", rsv=4) + text("after")],
    **{f"opcode {opcode}": [frame(opcode)] for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "opcode 3 with payload": [text("good") + frame(3, b"payload") + frame(PING)],
}

FRAGMENTS: dict[str, Case] = {
    "two fragments": [frame(TEXT, b"frag", fin=False) + frame(CONT, b"ments")],
    "fragments in segments": [frame(TEXT, b"frag", fin=False), frame(CONT, b"me", fin=False), frame(CONT, b"nts")],
    "empty fragments": [frame(TEXT, b"", fin=False) + frame(CONT, b"", fin=False) + frame(CONT, b"")],
    "ping between": [frame(TEXT, b"a", fin=False) + frame(PING, b"in between") + frame(CONT, b"b")],
    "pong between": [frame(BINARY, b"a", fin=False) + frame(PONG, b"in between") + frame(CONT, b"b")],
    "continuation of nothing": [frame(CONT, b"x")],
    "unfinished continuation of nothing": [frame(CONT, b"x", fin=False) + text("hello")],
    "continuation after the end": [frame(TEXT, b"a", fin=False) + frame(CONT, b"b") + frame(CONT, b"c")],
    "text within text": [frame(TEXT, b"a", fin=False) + text("b")],
    "binary within text": [frame(TEXT, b"a", fin=False) + frame(BINARY, b"b")],
    "close within text": [frame(TEXT, b"a", fin=False) + close(1000)],
    "fragmented close": [frame(CLOSE, b"\x03\xe8", fin=False)],
    "many": [frame(TEXT, b"*", fin=False) + frame(CONT, b"*", fin=False) * 500 + frame(CONT, b"*")],
    "at the limit": [frame(TEXT, b"*", fin=False) + frame(CONT, b"", fin=False) * 4094 + frame(CONT, b"*")],
    "beyond the limit": [frame(TEXT, b"*", fin=False) + frame(CONT, b"", fin=False) * 4095 + frame(CONT, b"*")],
}

VALID_UTF8 = [
    "κόσμε",
    "\U00010000",
    "\U0010ffff",
    "\ud7ff",
    "\ue000",
    "￾￿",
    "\x00",
    "Hello-µ@ßöäüàá-UTF-8!!",
    "﻿bom",
]
INVALID_UTF8 = [
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",  # a surrogate in the middle
    b"\xf4\x90\x80\x80",  # above U+10FFFF
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    b"\xc0\xaf",  # overlong
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\x80",
    b"\xbf",
    b"\xfe",
    b"\xff",
    b"\xc3",  # cut off
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xed\xbf\xbf",
    b"good\xffbad",
]

UTF8: dict[str, Case] = {
    **{f"valid {text_!r}": [frame(TEXT, text_.encode("utf-8", "surrogatepass"))] for text_ in VALID_UTF8},
    **{f"invalid {data!r}": [frame(TEXT, data)] for data in INVALID_UTF8},
    "a character over two fragments": [frame(TEXT, "ä".encode()[:1], fin=False) + frame(CONT, "ä".encode()[1:])],
    "a character byte by byte": [
        frame(TEXT, b"", fin=False)
        + b"".join(frame(CONT, bytes([byte]), fin=False) for byte in "κόσμε".encode())
        + frame(CONT)
    ],
    "invalid in the last fragment": [frame(TEXT, b"good", fin=False), frame(CONT, b"\xed\xa0\x80")],
    "cut off by the end": [frame(TEXT, b"x", fin=False) + frame(CONT, b"\xce")],
    "binary is never checked": [frame(BINARY, b"\xff\xfe")],
    "invalid with a ping behind it": [frame(TEXT, b"\xff") + frame(PING, b"behind")],
    "invalid with a Close behind it": [frame(TEXT, b"\xff") + close(1000)],
    "invalid with text behind it": [frame(TEXT, b"\xff") + text("behind")],
}

LEGAL = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
ILLEGAL = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)

CLOSES: dict[str, Case] = {
    "empty": [close(None)],
    "one byte": [frame(CLOSE, b"\x03")],
    **{f"legal {code}": [close(code)] for code in LEGAL},
    **{f"illegal {code}": [close(code)] for code in ILLEGAL},
    "reason": [close(1000, "Hello World!")],
    "longest reason": [close(1000, "*" * 123)],
    "reason too long": [frame(CLOSE, b"\x03\xe8" + b"*" * 124)],
    "reason of bad UTF-8": [frame(CLOSE, b"\x03\xe8\xff")],
    "two Closes": [close(1000) + close(1001)],
    "ping after Close": [close(1000) + frame(PING, b"late")],
    "text after Close": [close(1000) + text("late")],
    "garbage after Close": [close(1000) + bytes(range(256))],
    "text then Close": [text("first") + close(1000)],
    "half a text then Close": [text("first") + frame(TEXT, b"half", fin=False) + close(1000)],
}

LIMITS: dict[str, Case] = {
    "one byte too long": [frame(BINARY, bytes(MAX_BYTES + 1))],
    "only the head of too long a frame": [b"\x82\x7f" + struct.pack("!Q", 2**40)],
    "a length with the highest bit": [b"\x82\x7f" + b"\xff" * 8],
    "fragments that fit": [frame(BINARY, bytes(1000), fin=False) + frame(CONT, bytes(1000))],
    "fragments too long together": [frame(BINARY, bytes(1000), fin=False) + frame(CONT, bytes(1001))],
}

DEFLATE: dict[str, Case] = {
    "compressed text": [frame(TEXT, deflated(b"Hello Hello Hello"), rsv=4)],
    "compressed binary": [frame(BINARY, deflated(bytes(1000)), rsv=4)],
    "empty": [frame(TEXT, deflated(b""), rsv=4)],
    "not compressed though agreed": [text("plain")],
    "compressed fragments": [
        frame(TEXT, deflated(b"Hello Hello")[:5], rsv=4, fin=False) + frame(CONT, deflated(b"Hello Hello")[5:])
    ],
    "RSV1 on a continuation": [frame(TEXT, deflated(b"Hello")[:3], rsv=4, fin=False) + frame(CONT, b"x", rsv=4)],
    "RSV1 on a ping": [frame(PING, b"", rsv=4)],
    "RSV2": [frame(TEXT, deflated(b"Hello"), rsv=6)],
    "no deflate at all": [frame(TEXT, b"\xff\xff\xff\xff", rsv=4)],
    "a bomb": [frame(BINARY, deflated(bytes(10_000_000)), rsv=4)],
    "bad UTF-8 inside": [frame(TEXT, deflated(b"\xff\xfe"), rsv=4)],
    "a ping between": [
        frame(TEXT, deflated(b"Hello")[:3], rsv=4, fin=False) + frame(PING, b"?") + frame(CONT, deflated(b"Hello")[3:])
    ],
}

GROUPS: Mapping[str, tuple[dict[str, Case], bool]] = {
    "framing": (FRAMING, False),
    "pings and pongs": (PINGS_PONGS, False),
    "reserved bits and opcodes": (RESERVED, False),
    "fragmentation": (FRAGMENTS, False),
    "UTF-8": (UTF8, False),
    "close": (CLOSES, False),
    "limits": (LIMITS, False),
    "deflate": (DEFLATE, True),
}


NOT_AS_BARE = {"invalid with a Close behind it": [(CLOSE, True, b"\x03\xefinvalid start byte at position 0")]}
"""The bare client answers the Close, and looks at the text only then (RFC 6455, 8.1 wants it failed)."""

AFTER_CLOSE = {"text after Close": [b"late"]}
"""Told, though it means nothing any more; the bare client discards it."""


@pytest.mark.parametrize("group", GROUPS)
async def test_the_engine_answers_as_bare_websockets_does(group: str) -> None:
    cases, deflate = GROUPS[group]

    for name, case in cases.items():
        bare, ours = await asyncio.gather(play_bare(case, deflate=deflate), play_ours(case, deflate=deflate))

        assert ours.request == bare.request, name
        assert ours.frames == NOT_AS_BARE.get(name, bare.answered_first), name
        assert ours.messages == bare.messages + AFTER_CLOSE.get(name, []), name
        assert ours.ended, name
        assert bare.ended, name


def test_there_are_enough_cases_to_mean_something() -> None:
    assert sum(len(cases) for cases, _ in GROUPS.values()) > 130


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (frame(7, b"reserved"), 1002),
        (frame(CONT, b"of nothing"), 1002),
        (frame(TEXT, b"\xff\xfe"), 1007),
        (frame(TEXT, bytes(MAX_BYTES + 1)), 1009),
        (close(4000), 4000),
    ],
    ids=["reserved opcode", "orphan continuation", "bad utf-8", "too long", "close"],
)
async def test_a_message_that_came_before_the_end_in_one_segment_is_answered_before_it(last: bytes, code: int) -> None:
    answers: list[Received] = []

    async def plays(wire: Wire) -> None:
        await wire.upgrade()
        wire.write(text("one") + text("two") + last + text("never"))
        answers.extend([await wire.read(), await wire.read(), await wire.read()])
        wire.end()

    config = {"echo": True, "limits": LimitsConfig(max_message_bytes=MAX_BYTES)}
    async with peer(plays) as listening, watching(endpoint(listening.url, **config)) as watch:
        verdict = await watch.verdict()
        told = [event for event in watch.events if isinstance(event, Message | Control)]

    assert [(answer.opcode, answer.payload) for answer in answers[:2]] == [(TEXT, b"one"), (TEXT, b"two")]
    assert (answers[2].opcode, answers[2].code) == (CLOSE, code)
    assert verdict.mechanism == ("close_frame" if code == 4000 else "protocol_error")
    assert [event.payload for event in told if event.direction == "rx"][:2] == [b"one", b"two"]
