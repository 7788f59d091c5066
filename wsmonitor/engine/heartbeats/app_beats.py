"""Pure: heartbeats of the application: when to send one, what answers it, when one counts as missed.

Answers are told apart by correlation where the settings name a field; otherwise first in, first out,
and the sample's round trip is only as good as that order.
"""

from collections import OrderedDict

import msgspec
from msgspec import Struct, structs

from wsmonitor.engine.heartbeats.message_match import ReceivedText, matches
from wsmonitor.engine.heartbeats.pings import round_trip_ns
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, Correlation, MatchRule, to_ns
from wsmonitor.settings.json_path import MISSING
from wsmonitor.tables.heartbeat_presets import PRESETS


class AppAnswer(Struct, frozen=True):
    """The answer to heartbeat `number`."""

    number: int
    sent_ns: int
    round_trip_ns: int


class AppMiss(Struct, frozen=True):
    """A heartbeat without an answer in time; `gives_up` if the settings want the connection closed."""

    waited_ns: int
    sent_ns: int
    consecutive: int
    gives_up: bool


class AppHeartbeat:
    """The application's heartbeats on one open connection."""

    def __init__(self, config: AppHeartbeatConfig, *, opened_ns: int) -> None:
        self._config = with_preset(config)
        self._interval_ns = to_ns(config.interval_s)
        self._timeout_ns = to_ns(config.timeout_s)
        self._asks = self._config.direction in ("client", "both")
        self._answers = self._config.direction in ("server", "both")
        self._last_beat_ns = opened_ns
        self._last_activity_ns = opened_ns
        self._last_peer_beat_ns = opened_ns
        self._number = 0
        self._outstanding: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self.consecutive = 0
        """Misses since the last answer."""

    @property
    def deadline_ns(self) -> int | None:
        """When a heartbeat or a miss is due next."""
        times = [sent_ns + self._timeout_ns for _number, sent_ns in self._outstanding.values()]
        if self._asks:
            times.append(self._next_beat_ns)
        else:
            times.append(self._last_peer_beat_ns + self._interval_ns + self._timeout_ns)
        return min(times)

    @property
    def _next_beat_ns(self) -> int:
        """Only-when-idle: both the last beat and the last activity are an interval ago by then."""
        since_ns = self._last_beat_ns
        if self._config.only_when_idle:
            since_ns = max(since_ns, self._last_activity_ns)
        return since_ns + self._interval_ns

    def is_due(self, now_ns: int) -> bool:
        """True if a heartbeat should be sent now; beats that were slept through are skipped."""
        if not self._asks or now_ns < self._next_beat_ns:
            return False
        if self._config.only_when_idle:
            self._last_beat_ns = now_ns
        else:
            self._last_beat_ns += (now_ns - self._last_beat_ns) // self._interval_ns * self._interval_ns
        return True

    @property
    def request(self) -> str:
        """What to send, placeholders not filled in."""
        return self._config.request

    @property
    def reply(self) -> str:
        """What answers the peer's heartbeat, placeholders not filled in; empty for nothing."""
        return self._config.reply if self._answers else ""

    @property
    def correlation(self) -> str:
        """What an answer must carry, placeholders not filled in; empty without correlation."""
        return self._config.correlate.equals if self._config.correlate is not None else ""

    def sent(self, at_ns: int, *, correlation: str) -> None:
        """A heartbeat was written; its answer will carry `correlation` (empty without correlation)."""
        self._number += 1
        self._outstanding[correlation or f"#{self._number}"] = (self._number, at_ns)

    def active(self, at_ns: int) -> None:
        """A data message that is no heartbeat passed in either direction."""
        self._last_activity_ns = at_ns

    def received(self, message: ReceivedText, at_ns: int, waited_ns: int = 0) -> "AppAnswer | PeerBeat | None":
        """What a message that was read at `at_ns`, and had waited, means to the heartbeat; `None` if nothing."""
        if not matches(message, self._config.match):
            return None
        key = self._answered(message)
        if key is not None:
            number, sent_ns = self._outstanding.pop(key)
            self.consecutive = 0
            return AppAnswer(number, sent_ns, round_trip_ns(sent_ns, at_ns, waited_ns))
        if not self._answers:
            return None
        self._last_peer_beat_ns = at_ns
        self.consecutive = 0
        return PeerBeat()

    def misses(self, now_ns: int) -> list[AppMiss]:
        """Heartbeats whose time has run out by now."""
        found = []
        while self._outstanding:
            _number, sent_ns = next(iter(self._outstanding.values()))
            if now_ns < sent_ns + self._timeout_ns:
                break
            self._outstanding.popitem(last=False)
            found.append(self._miss(sent_ns, now_ns))
        if not self._asks and now_ns >= self._last_peer_beat_ns + self._interval_ns + self._timeout_ns:
            found.append(self._miss(self._last_peer_beat_ns, now_ns))
            self._last_peer_beat_ns = now_ns - self._timeout_ns
        return found

    def skip_to(self, now_ns: int) -> None:
        """Forget what is outstanding and beat on from now."""
        self._outstanding.clear()
        self._last_beat_ns = self._last_peer_beat_ns = now_ns

    def _miss(self, sent_ns: int, now_ns: int) -> AppMiss:
        self.consecutive += 1
        gives_up = self._config.on_miss == "close" and self.consecutive > self._config.max_missed
        return AppMiss(now_ns - sent_ns, sent_ns, self.consecutive, gives_up)

    def _answered(self, message: ReceivedText) -> str | None:
        """The key of the heartbeat that `message` answers."""
        if self._config.correlate is None:
            return next(iter(self._outstanding), None)
        value = message.at(self._config.correlate.path)
        key = "" if value is MISSING else str(value)
        return key if key in self._outstanding else None


class PeerBeat(Struct, frozen=True):
    """The peer sent a heartbeat of its own."""


def with_preset(config: AppHeartbeatConfig) -> AppHeartbeatConfig:
    """The settings with what the preset says, where one is named and the user said nothing else.

    Raises `KeyError` for a preset that does not exist; the workspace has checked the name.
    """
    if not config.preset:
        return config
    preset = PRESETS[config.preset]
    plain = AppHeartbeatConfig()
    said = {
        "request": preset.request,
        "match": tuple(msgspec.convert(rule, MatchRule) for rule in preset.match),
        "correlate": msgspec.convert(preset.correlate, Correlation) if preset.correlate else None,
        "reply": preset.reply,
        "direction": preset.direction,
    }
    return structs.replace(
        config, **{name: value for name, value in said.items() if getattr(config, name) == getattr(plain, name)}
    )
