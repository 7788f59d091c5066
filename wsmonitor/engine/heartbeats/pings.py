"""Pure: when to ping, what a pong means, when a ping counts as missed, when to give up.

Pings are due at absolute times (opening + k x interval - phase), so lateness never adds up. Connections
that open together get different phases: pings that leave together would measure each other. Where nobody
chose an interval, a few early pings leave at once and with growing gaps, as long as each is answered before
the next: a curve within seconds, and a silence that differs from the age. A missed early ping decides
nothing. A ping past its
timeout is a miss; bytes received since it was sent prevent giving up, not the miss, and only misses
with no byte between them add up to giving up. A check ping (one with a timeout of its own, sent because
the machine slept or the network changed) decides alone. Round trips come
only from the pong that carries a ping's own payload, or as much of its beginning as only one ping without
a pong has (some servers cut what they send back); a pong also settles every earlier ping
(RFC 6455, 5.5.3), but says nothing about their time.
"""

from base64 import urlsafe_b64encode
from itertools import pairwise
from struct import Struct as Layout

from msgspec import Struct

from wsmonitor.settings.endpoint_settings import PingConfig, to_ns

_PAYLOAD = Layout("!HI")  # the connection's tag and the ping's number: six bytes, eight characters
_REMEMBERED_LATE = 16
_EARLY_NS = (0, to_ns(0.5), to_ns(1.5), to_ns(3.5), to_ns(7.5))
"""When early pings leave, after the opening; the gaps between them double."""
_EARLY_SPREAD_NS = to_ns(0.5)
"""Connections that open together leave theirs within so long of each other."""


class Pong(Struct, frozen=True):
    """An answer to one of our pings; `late` if it had already counted as missed."""

    number: int
    sent_ns: int
    round_trip_ns: int
    late: bool


class Miss(Struct, frozen=True):
    """A ping without an answer; `gives_up` if it was one too many with nothing received meanwhile."""

    number: int
    sent_ns: int
    waited_ns: int
    consecutive: int
    gives_up: bool


def round_trip_ns(sent_ns: int, read_ns: int, waited_ns: int) -> int:
    """From the write to the arrival, or to our reading where that seems to lie before it: the wall clock was set."""
    arrived_ns = read_ns - waited_ns
    return max(0, (arrived_ns if arrived_ns > sent_ns else read_ns) - sent_ns)


class _Outstanding(Struct):
    number: int
    sent_ns: int
    timeout_ns: int
    decides_alone: bool
    is_early: bool = False


class Heartbeat:
    """The protocol pings of one open connection.

    Args:
        tag: tells this connection's pings from those of any other (16 bits count).
        opened_ns: when the connection opened; the first regular ping is due one interval later.
        phase: so much of an interval earlier (0 to 1).
    """

    __slots__ = (
        *(
            "_begun_ns",
            "_early_ns",
            "_interval_ns",
            "_is_early",
            "_last_rx_ns",
            "_late",
            "_max_missed",
            "_next_ns",
            "_number",
        ),
        *("_outstanding", "_silent_misses", "_tag", "_timeout_ns", "consecutive"),
    )

    def __init__(self, config: PingConfig, *, tag: int, opened_ns: int, phase: float = 0.0) -> None:
        self._interval_ns = to_ns(config.every_s)
        self._timeout_ns = to_ns(config.timeout_s)
        self._max_missed = config.max_missed
        self._tag = tag & 0xFFFF
        self._begun_ns = opened_ns - round(phase * self._interval_ns)
        has_early = config.enabled and config.interval_s is None
        self._early_ns = opened_ns + round(phase * _EARLY_SPREAD_NS) if has_early else None
        self._is_early = False
        """True while the ping that is due is an early one."""
        self._next_ns: int | None = self._after(opened_ns - 1) if config.enabled else None
        self._number = 0
        self._outstanding: dict[bytes, _Outstanding] = {}  # oldest first, as is the next
        self._late: dict[bytes, _Outstanding] = {}
        self._last_rx_ns = opened_ns
        self._silent_misses = 0
        self.consecutive = 0
        """Misses since the last pong that came in time."""

    @property
    def deadline_ns(self) -> int | None:
        """When a ping or a miss is due next; `None` if neither ever is."""
        due_ns = self._next_ns
        for ping in self._outstanding.values():
            missed_ns = ping.sent_ns + ping.timeout_ns
            if due_ns is None or missed_ns < due_ns:
                due_ns = missed_ns
        return due_ns

    def is_due(self, now_ns: int) -> bool:
        """True if a scheduled ping should leave now; beats that were slept through are skipped."""
        if self._next_ns is None or now_ns < self._next_ns:
            return False
        self._is_early = self._early_ns is not None and now_ns < self.regular_ns
        if self._is_early and self._outstanding:
            self._early_ns = None
        self._next_ns = self._after(now_ns)
        return self._early_ns is not None or not self._is_early

    @property
    def regular_ns(self) -> int:
        """When the first regular ping is due."""
        return self._begun_ns + self._interval_ns

    def _after(self, at_ns: int) -> int:
        """The first time after `at_ns` at which a ping is due; gaps between early ones and up to the regular grow."""
        if self._early_ns is not None:
            for before_ns, early_ns in pairwise((0, *_EARLY_NS)):
                due_ns = self._early_ns + early_ns
                if due_ns + early_ns - before_ns > self.regular_ns:
                    break
                if due_ns > at_ns:
                    return due_ns
        beats = max(0, (at_ns - self._begun_ns) // self._interval_ns)
        return self._begun_ns + (beats + 1) * self._interval_ns

    def begin(self) -> None:
        """Ping as often as the settings say, though they turn it off: something waits for a pong."""
        self._next_ns = self._begun_ns + self._interval_ns

    def cease(self) -> None:
        """No scheduled ping leaves from now on."""
        self._next_ns = None

    def make_payload(self) -> bytes:
        """Eight printable characters that no other ping of the last billions carries.

        Some servers cut what they send back (libwebsockets at ten bytes), and some fail on what is not text.
        """
        self._number += 1
        return urlsafe_b64encode(_PAYLOAD.pack(self._tag, self._number & 0xFFFFFFFF))

    def sent(self, payload: bytes, at_ns: int, *, timeout_ns: int | None = None) -> int:
        """The ping with `payload` was written at `at_ns`; its number. With a `timeout_ns` it is a check ping."""
        self._outstanding[payload] = _Outstanding(
            self._number,
            at_ns,
            timeout_ns or self._timeout_ns,
            decides_alone=timeout_ns is not None,
            is_early=self._is_early,
        )
        self._is_early = False
        return self._number

    def received(self, at_ns: int) -> None:
        """Bytes arrived, whatever they are: the other side lives."""
        self._last_rx_ns = at_ns
        self._silent_misses = 0

    def pong(self, payload: bytes, at_ns: int, waited_ns: int = 0) -> Pong | None:
        """What a pong that was read at `at_ns` means; `None` if it answers no ping of ours, or one that is settled.

        It had been there for `waited_ns` by then.
        """
        payload = self._whole(payload)
        late = self._late.pop(payload, None)
        if late is not None:
            return Pong(late.number, late.sent_ns, round_trip_ns(late.sent_ns, at_ns, waited_ns), late=True)
        if payload not in self._outstanding:
            return None
        self.consecutive = 0
        ping = self._outstanding[payload]
        for earlier in list(self._outstanding):
            del self._outstanding[earlier]
            if earlier == payload:
                break
        return Pong(ping.number, ping.sent_ns, round_trip_ns(ping.sent_ns, at_ns, waited_ns), late=False)

    def _whole(self, payload: bytes) -> bytes:
        """The payload of the one ping without a pong that begins so; what came, where none or several may be meant."""
        meant = [sent for sent in (*self._late, *self._outstanding) if payload and sent.startswith(payload)]
        return meant[0] if len(meant) == 1 else payload

    def misses(self, now_ns: int) -> list[Miss]:
        """The pings whose time has run out by now, oldest first."""
        overdue = [key for key, ping in self._outstanding.items() if now_ns >= ping.sent_ns + ping.timeout_ns]
        found = []
        for payload in overdue:
            ping = self._outstanding.pop(payload)
            self._late[payload] = ping
            while len(self._late) > _REMEMBERED_LATE:
                del self._late[next(iter(self._late))]
            self.consecutive += 1
            silent = self._last_rx_ns <= ping.sent_ns
            self._silent_misses += silent and not ping.is_early
            found.append(
                Miss(
                    number=ping.number,
                    sent_ns=ping.sent_ns,
                    waited_ns=now_ns - ping.sent_ns,
                    consecutive=self.consecutive,
                    gives_up=silent and (ping.decides_alone or self._silent_misses > self._max_missed),
                )
            )
        return found

    def skip_to(self, now_ns: int) -> None:
        """Forget what is outstanding and beat on from now: pings paused meanwhile (a stall)."""
        self._outstanding.clear()
        self.is_due(now_ns)
