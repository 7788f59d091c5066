"""Pure: the faults that a tap can put on the way, and how each is written: `latency:100ms±30ms,down`.

An argument is words with commas between them. Besides its own words a fault takes `up`, `down` or `both` where it
acts on directions (`up`: from the client), `client`, `server` or `both` where it acts on legs, `p=0.3` for the share
of connections that it hits, `for=10s` for how long, and `n=3` for how many openings. What each does is in
`tap/faults/`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from msgspec import Struct

from wsmonitor.facts.errors import mistake_of
from wsmonitor.facts.event import Direction
from wsmonitor.facts.tap_events import LegSide
from wsmonitor.settings.checks import parse_duration

ActsOn = Literal["bytes", "frames", "legs", "pair", "answer", "openings"]
INVALID_FRAMES = ("unmasked", "bad_opcode", "rsv1", "long_ping", "bad_utf8", "orphan_continuation", "close_1005")
"""The seven names of `engine/disruptions/invalid_frame.py`."""
_DIRECTIONS: dict[str, tuple[Direction, ...]] = {"up": ("tx",), "down": ("rx",), "both": ("tx", "rx")}
_LEGS: dict[str, tuple[LegSide, ...]] = {"client": ("client",), "server": ("server",), "both": ("client", "server")}
_UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "kib": 1024, "mib": 1024 * 1024}


class FaultKind(Struct, frozen=True):
    """One kind of fault. `lasts`: it stays on until it is switched off; otherwise it happens once.

    `default` is what an empty argument means, `side` where it acts unless its words say otherwise, `example` a
    whole argument. `read` takes its own words and raises `ValueError` with what it expected.
    """

    kind: str
    title: str
    hint: str
    acts_on: ActsOn
    example: str
    read: Callable[[list[str]], Any]
    default: str = ""
    side: str = "both"
    lasts: bool = True
    is_linux: bool = False


@dataclass(frozen=True)
class Fault:
    """A fault as it is to act: its kind, what its words came to, and where."""

    kind: FaultKind
    text: str
    value: Any = None
    directions: tuple[Direction, ...] = ("tx", "rx")
    legs: tuple[LegSide, ...] = ("client", "server")
    chance: float = 1.0
    openings: int | None = None
    """Of openings only so many."""
    duration_s: float | None = field(default=None, compare=False)

    @property
    def leg(self) -> LegSide | None:
        """The leg that it acts on, where it is only one."""
        return self.legs[0] if self.kind.acts_on == "legs" and len(self.legs) == 1 else None


def read_fault(kind: str, text: str = "") -> Fault:
    """Read a kind and its argument. Raises `ValueError` for what does not exist or make sense."""
    found = fault_kind(kind)
    sides = _LEGS if found.acts_on == "legs" else _DIRECTIONS
    side, chance = found.side, 1.0
    openings: int | None = None
    duration_s: float | None = None
    own: list[str] = []
    for word in (part.strip() for part in (text or found.default).split(",")):
        if word in sides and found.acts_on in ("bytes", "frames", "legs"):
            side = word
        elif word.startswith("p="):
            chance = _share(word[2:])
        elif word.startswith("for=") and found.lasts:
            duration_s = parse_duration(word[4:])
        elif word.startswith("n=") and found.acts_on == "openings":
            openings = _count(word[2:])
        elif word:
            own.append(word)
    try:
        value = found.read(own)
    except ValueError as error:
        raise ValueError(f"{kind}: {error}; example: {kind}:{found.example}".rstrip(":")) from error
    return Fault(
        found,
        text,
        value,
        directions=_DIRECTIONS.get(side, ("tx", "rx")),
        legs=_LEGS.get(side, ("client", "server")),
        chance=chance,
        openings=openings,
        duration_s=value if found.read is _maybe_seconds and value is not None else duration_s,
    )


def fault_kind(kind: str) -> FaultKind:
    """The kind of that name. Raises `ValueError` where there is none."""
    for one in FAULTS:
        if one.kind == kind:
            return one
    close = get_close_matches(kind, [one.kind for one in FAULTS], n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"expected one of {', '.join(one.kind for one in FAULTS)}, found {kind[:40]!r}{hint}")


def kind_mistake(kind: str) -> str:
    """Why `kind` is no fault; empty if it is one."""
    return mistake_of(fault_kind, kind)


def argument_mistake(kind: str, argument: str) -> str:
    """Why a fault that exists cannot take this argument; empty if it can."""
    return mistake_of(read_fault, kind, argument)


def _nothing(words: list[str]) -> None:
    if words:
        raise ValueError(f"expected nothing more, found {words[0][:40]!r}")


def _one(words: list[str], what: str) -> str:
    if len(words) != 1:
        raise ValueError(f"expected {what}, found {','.join(words)[:40]!r}")
    return words[0]


def _seconds(words: list[str]) -> float:
    return parse_duration(_one(words, "a time"))


def _maybe_seconds(words: list[str]) -> float | None:
    return parse_duration(_one(words, "a time or nothing")) if words else None


def _delay(words: list[str]) -> tuple[float, float]:
    """Delay and spread, in seconds."""
    delay, _, spread = _one(words, "a time, perhaps with ±").replace("+-", "±").partition("±")
    return parse_duration(delay), parse_duration(spread) if spread else 0.0


def _rate(words: list[str]) -> float:
    """Bytes a second."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)(?:/s)?", _one(words, "a rate"))
    if match is None or match[2].lower() not in _UNITS or float(match[1]) <= 0:
        raise ValueError(f"expected a rate such as 16KB/s, found {words[0][:40]!r}")
    return float(match[1]) * _UNITS[match[2].lower()]


def _slices(words: list[str]) -> tuple[int, int, float]:
    """Bytes a piece, by how much they vary, and the pause between pieces in seconds."""
    if len(words) != 3:
        raise ValueError("expected bytes, their spread and a pause")
    size, spread = _count(words[0]), int(words[1]) if words[1].isdigit() else -1
    if not 0 <= spread < size:
        raise ValueError(f"expected a spread of 0 to {size - 1} bytes, found {words[1][:40]!r}")
    return size, spread, parse_duration(words[2])


def _limit(words: list[str]) -> tuple[int, str]:
    """Bytes, and the end after them."""
    if len(words) not in (1, 2) or words[1:] not in ([], ["fin"], ["rst"]):
        raise ValueError("expected a number of bytes, then perhaps fin or rst")
    if not words[0].isdigit():
        raise ValueError(f"expected a number of bytes, found {words[0][:40]!r}")
    return int(words[0]), words[1] if len(words) == 2 else "fin"


def _close(words: list[str]) -> tuple[int, str]:
    """Code and reason; a reason may have commas."""
    code, reason = _code(words[:1]), ",".join(words[1:])
    if len(reason.encode()) > 123:
        raise ValueError("expected a reason of at most 123 bytes")
    return code, reason


def _code(words: list[str]) -> int:
    text = _one(words, "a close code")
    if not (text.isdigit() and 1000 <= int(text) <= 4999):
        raise ValueError(f"expected a close code from 1000 to 4999, found {text[:40]!r}")
    return int(text)


def _frame_name(words: list[str]) -> str:
    name = _one(words, f"one of {', '.join(INVALID_FRAMES)}")
    if name not in INVALID_FRAMES:
        raise ValueError(f"expected one of {', '.join(INVALID_FRAMES)}, found {name[:40]!r}")
    return name


def _http(words: list[str]) -> tuple[int, str]:
    """Status and Retry-After."""
    if len(words) not in (1, 2) or not (words[0].isdigit() and 200 <= int(words[0]) <= 599):
        raise ValueError("expected a status from 200 to 599, then perhaps the Retry-After")
    return int(words[0]), words[1] if len(words) == 2 else ""


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise ValueError(f"expected a share above 0 and up to 1, found {text[:40]!r}")
    return share


def _shares(words: list[str]) -> float:
    return _share(_one(words, "a share of messages"))


def _count(text: str) -> int:
    if not (text.isdigit() and int(text) > 0):
        raise ValueError(f"expected a whole number above 0, found {text[:40]!r}")
    return int(text)


FAULTS: tuple[FaultKind, ...] = (
    FaultKind("latency", "Latency", "Every byte comes later, in order", "bytes", "100ms±30ms,down", _delay, "100ms"),
    FaultKind("bandwidth", "Bandwidth", "So many bytes a second", "bytes", "16KB/s", _rate, "16KB/s"),
    FaultKind("slicer", "Slices", "Bytes come in small pieces", "bytes", "4,2,1ms", _slices, "4,2,1ms"),
    FaultKind("limit_data", "Limit", "Ends after so many bytes", "bytes", "1000,rst,down", _limit, "1000,fin"),
    FaultKind("stall", "Stall", "Reads nothing: windows close", "legs", "5s,client", _maybe_seconds),
    FaultKind("discard", "Discard", "Bytes vanish; the connection ends after it", "bytes", "5s", _maybe_seconds),
    FaultKind(
        "kernel_blackhole",
        "Black hole",
        "The kernel drops what arrives, without a word",
        "legs",
        "30s,server",
        _maybe_seconds,
        is_linux=True,
    ),
    FaultKind("lifetime", "Lifetime", "Ends a connection of that age, whatever flows", "pair", "60s", _seconds, "60s"),
    FaultKind("reset", "Reset", "RST, now", "legs", "client", _nothing, lasts=False),
    FaultKind("fin", "FIN", "Ends TCP without a Close, now", "legs", "server", _nothing, lasts=False),
    FaultKind("half_close", "Half-close", "FIN, and goes on reading", "legs", "server", _nothing, lasts=False),
    FaultKind("half_open", "Half-open", "The server's leg ends, the client is told nothing", "pair", "", _nothing),
    FaultKind("slow_close", "Slow close", "The end of one leg reaches the other late", "pair", "5s", _seconds, "5s"),
    FaultKind("cut_message", "Cut message", "Half a message, then RST", "pair", "", _nothing, lasts=False),
    FaultKind("close", "Close frame", "A Close frame, now", "legs", "1012,client", _close, "1012", lasts=False),
    FaultKind("rewrite_close", "Other code", "Changes the code of Close frames", "frames", "4401,down", _code, "4401"),
    FaultKind("drop_pings", "Drop pings", "Pings do not arrive", "frames", "up", _nothing),
    FaultKind("drop_pongs", "Drop pongs", "Pongs do not arrive", "frames", "up", _nothing),
    FaultKind("delay_pongs", "Late pongs", "Pongs come later, messages do not", "frames", "2s", _seconds, "2s"),
    FaultKind("drop_messages", "Drop messages", "A share of the messages vanishes", "frames", "0.1", _shares, "0.1"),
    FaultKind(
        "invalid_frame",
        "Invalid frame",
        "A frame that breaks RFC 6455, now",
        "legs",
        "bad_opcode,client",
        _frame_name,
        "bad_opcode",
        side="client",
        lasts=False,
    ),
    FaultKind("hold_101", "Late answer", "The upgrade is answered later", "answer", "3s", _seconds, "3s"),
    FaultKind("split_101", "Split answer", "The upgrade's answer comes byte by byte", "answer", "", _nothing),
    FaultKind("coalesce_101", "Joined answer", "Answer and first frame in one segment", "answer", "", _nothing),
    FaultKind("refuse", "Refuse", "Nobody listens", "openings", "for=30s", _nothing),
    FaultKind("hang", "Hang", "Accepted, and then silence", "openings", "n=3", _nothing),
    FaultKind("http", "HTTP answer", "Another answer than an upgrade", "openings", "503,10,n=3", _http, "503"),
    FaultKind(
        "accept_then_close",
        "Accept, then close",
        "Upgraded, and closed at once",
        "openings",
        "1011,n=10",
        _code,
        "1011",
    ),
)
"""Every fault there is, in the order of the menu."""
