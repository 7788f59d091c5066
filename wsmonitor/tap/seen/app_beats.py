"""Pure: application heartbeats of the user's client and of the server, recognized as they pass.

The settings say what a request looks like (`request`, with placeholders for what changes) and what answers it
(`match`, `correlate`), as for a connection of our own; here both sides are somebody else's.
"""

import json
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from wsmonitor.engine.heartbeats.app_beats import with_preset
from wsmonitor.engine.heartbeats.message_match import ReceivedText, matches
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, to_ns
from wsmonitor.settings.json_path import MISSING

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
WAITING = 64


@dataclass(frozen=True, slots=True)
class BeatAnswered:
    """The answer to a heartbeat that left at `sent_ns`; `asker` is whose heartbeat it was."""

    asker: str
    sent_ns: int
    late: bool


@dataclass(frozen=True, slots=True)
class BeatMissed:
    """No answer came in time."""

    asker: str
    sent_ns: int
    consecutive: int


class AppBeats:
    """Both directions of one connection."""

    def __init__(self, config: AppHeartbeatConfig) -> None:
        self._config = with_preset(config)
        self._timeout_ns = to_ns(config.timeout_s)
        self._request = Template(self._config.request)
        self._reply = Template(self._config.reply) if self._config.reply else None
        self._asked: dict[str, OrderedDict[str, tuple[int, bool]]] = {"client": OrderedDict(), "server": OrderedDict()}
        self._number = 0
        self._consecutive = {"client": 0, "server": 0}

    def from_client(self, payload: bytes, at_ns: int) -> BeatAnswered | None:
        """The client sent a text message: a heartbeat, the answer to one of the server's, or neither."""
        if self._asked["server"] and self._reply is not None and self._reply.fits(payload) is not None:
            return self._answered("server", next(iter(self._asked["server"])))
        if self._config.direction in ("client", "both") and (values := self._request.fits(payload)) is not None:
            self._ask("client", _filled(self._config.correlate.equals, values) if self._config.correlate else "", at_ns)
        return None

    def from_server(self, payload: bytes, at_ns: int) -> BeatAnswered | None:
        """The server sent a text message."""
        received = ReceivedText(payload)
        if not matches(received, self._config.match):
            return None
        if self._config.direction in ("client", "both") and self._asked["client"]:
            key: str | None = next(iter(self._asked["client"]))
            if self._config.correlate is not None:
                value = received.at(self._config.correlate.path)
                key = None if value is MISSING else str(value)
            if key in self._asked["client"]:
                return self._answered("client", str(key))
        if self._config.direction in ("server", "both"):
            self._ask("server", "", at_ns)
        return None

    def elapse(self, now_ns: int) -> list[BeatMissed]:
        """Heartbeats without an answer in time, each told once."""
        missed = []
        for asker, waiting in self._asked.items():
            for key, (sent_ns, is_missed) in list(waiting.items()):
                if now_ns - sent_ns < self._timeout_ns:
                    break
                if not is_missed:
                    waiting[key] = (sent_ns, True)
                    self._consecutive[asker] += 1
                    missed.append(BeatMissed(asker, sent_ns, self._consecutive[asker]))
        return missed

    def forget(self) -> None:
        """The end has begun: nothing that waits will count as missed."""
        for waiting in self._asked.values():
            waiting.clear()

    def _ask(self, asker: str, key: str, at_ns: int) -> None:
        self._number += 1
        waiting = self._asked[asker]
        waiting[key or f"#{self._number}"] = (at_ns, False)
        if len(waiting) > WAITING:
            waiting.popitem(last=False)

    def _answered(self, asker: str, key: str) -> BeatAnswered:
        waiting = self._asked[asker]
        sent_ns, late = waiting[key]
        for older in list(waiting):
            del waiting[older]
            if older == key:
                break
        self._consecutive[asker] = 0
        return BeatAnswered(asker, sent_ns, late)


class Template:
    """A text with placeholders, recognized in what passes: JSON by its values, anything else by its letters."""

    def __init__(self, text: str) -> None:
        self._json = _parsed(text)
        self._is_json = isinstance(self._json, dict | list)
        self._pattern = _pattern(text)

    def fits(self, payload: bytes) -> dict[str, str] | None:
        """What the placeholders stand for in `payload`; `None` if it is no such text."""
        if len(payload) > 64 * 1024:
            return None
        text = payload.decode("utf-8", "replace")
        if not self._is_json:
            match = self._pattern.fullmatch(text)
            return None if match is None else match.groupdict()
        found = _parsed(text)
        values: dict[str, str] = {}
        return values if isinstance(found, dict | list) and _fits(self._json, found, values) else None


def _fits(wanted: Any, found: Any, values: dict[str, str]) -> bool:
    """Every value of the template is there and equal; what the message has beyond it does not matter."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and _fits(value, found[key], values) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_fits(one, other, values) for one, other in zip(wanted, found, strict=True))
        )
    if isinstance(wanted, str) and "${" in wanted:
        match = _pattern(wanted).fullmatch(str(found)) if not isinstance(found, dict | list) else None
        if match is not None:
            values.update(match.groupdict())
        return match is not None
    return bool(wanted == found) and type(wanted) is type(found)


def _pattern(text: str) -> re.Pattern[str]:
    parts: list[str] = []
    known: set[str] = set()
    at = 0
    for placeholder in _PLACEHOLDER.finditer(text):
        parts.append(re.escape(text[at : placeholder.start()]))
        name = placeholder[1]
        parts.append(f"(?P={name})" if name in known else f'(?P<{name}>[^\\s"]{{1,200}}?)')
        known.add(name)
        at = placeholder.end()
    return re.compile("".join([*parts, re.escape(text[at:])]), re.DOTALL)


def _filled(text: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _parsed(text: str) -> Any:
    """Numbers that are placeholders (`{"id":${seq}}`) count as text."""
    try:
        return json.loads(re.sub(r"(?<=[:\[,])\s*(\$\{\w+\})\s*(?=[,}\]])", r'"\1"', text))
    except (ValueError, RecursionError):
        return None
