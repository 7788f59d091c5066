"""Pure: events -> the entries of a HAR file."""

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from wsmonitor.exports.json.fields import fields_of
from wsmonitor.facts.events import (
    AnyEvent,
    ClockAnchor,
    ConnectionClosed,
    Control,
    EndpointEvent,
    Message,
    OpenFailed,
    PhaseDone,
    StateChanged,
    Verdict,
)
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.redact import redact_headers, redact_url

Entry = dict[str, Any]
_encode = msgspec.json.Encoder().encode
_ASKED = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}


class HarEntries:
    """Follows every slot from its dial to its end; messages are kept encoded, which is small."""

    def __init__(self, endpoints: Sequence[EndpointConfig], wall: WallClock) -> None:
        self._configs = {config.name: config for config in endpoints}
        self._wall = wall
        self._visits: dict[tuple[str, int], _Visit] = {}

    def feed(self, event: AnyEvent) -> Entry | None:
        """Take the next event; the entry that it completes."""
        if isinstance(event, ClockAnchor):
            self._wall = event.clock
        if not isinstance(event, EndpointEvent):
            return None
        who = event.endpoint, event.slot
        visit = self._visits.get(who)
        is_dial = isinstance(event, StateChanged) and event.new.is_opening and not event.old.is_opening
        if visit is None or is_dial:
            visit = self._visits[who] = _Visit(event)
        match event:
            case PhaseDone():
                visit.phase(event)
            case StateChanged() if event.new.is_open:
                visit.connection = event.connection
            case Message():
                visit.messages.append(msgspec.Raw(_encode(_message(event, self._time(event.at_ns)))))
            case Control():
                visit.controls.append(msgspec.Raw(_encode(_control(event, self._time(event.at_ns)))))
            case OpenFailed():
                del self._visits[who]
                return self._entry(visit, event.at_ns, failure=event)
            case ConnectionClosed():
                del self._visits[who]
                visit.connection = event.connection
                return self._entry(visit, event.at_ns, verdict=event.verdict)
        return None

    def open_ones(self, end_ns: int) -> Iterator[Entry]:
        """What had not ended by `end_ns`; a dial that came to nothing is none of it."""
        for visit in self._visits.values():
            if visit.connection:
                yield self._entry(visit, end_ns)

    def _time(self, at_ns: int) -> float:
        return self._wall.epoch_s(at_ns)

    def _entry(
        self, visit: "_Visit", end_ns: int, *, verdict: Verdict | None = None, failure: OpenFailed | None = None
    ) -> Entry:
        started = datetime.fromtimestamp(self._wall.ns(visit.start_ns) // 1000 / 1e6, UTC)
        config = self._configs.get(visit.endpoint) or EndpointConfig(name=visit.endpoint, url="")
        life_ms = max(0, end_ns - visit.start_ns) / 1e6
        timings = visit.timings(failure)
        before_ms = sum(max(0.0, value) for name, value in timings.items() if name != "ssl")
        timings["receive"] = max(0.0, life_ms - before_ms)
        entry = {
            "startedDateTime": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "time": before_ms + timings["receive"],
            "request": _request(config),
            "response": _response(visit.answer, failure),
            "cache": {},
            "timings": timings,
            "_resourceType": "websocket",
            "_webSocketMessages": visit.messages,
            "_wsmonitor": {
                "endpoint": visit.endpoint,
                "connection": visit.connection,
                "slot": visit.slot,
                "verdict": None if verdict is None else fields_of(verdict),
                "controls": visit.controls,
            },
        }
        if failure is not None:
            entry["_error"] = failure.error
        return entry


class _Visit:
    """One dial and the connection that came of it."""

    def __init__(self, event: EndpointEvent) -> None:
        self.endpoint, self.slot = event.endpoint, event.slot
        self.connection = event.connection if not isinstance(event, StateChanged) or event.new.is_open else 0
        self.start_ns = event.at_ns
        self.answer: dict[str, str] = {}
        self.messages: list[msgspec.Raw] = []
        self.controls: list[msgspec.Raw] = []
        self._phases_ns: dict[str, int] = {}

    def phase(self, event: PhaseDone) -> None:
        self._phases_ns[event.phase] = event.duration_ns
        if event.phase == "http":
            self.answer = event.detail

    def timings(self, failure: OpenFailed | None) -> dict[str, float]:
        """Milliseconds; -1 for what did not happen. HAR's `connect` includes `ssl`."""
        phases = dict(self._phases_ns)
        tls = phases.get("tls")
        shown = {
            "blocked": -1.0,
            "dns": _ms(phases.get("dns")),
            "connect": _ms(None if "tcp" not in phases else phases["tcp"] + (tls or 0)),
            "ssl": _ms(tls),
            "send": 0.0,
            "wait": max(0.0, _ms(phases.get("http"))),
            "receive": 0.0,
        }
        if failure is not None and failure.phase == "http":
            shown["wait"] = failure.duration_ns / 1e6
        return shown


def _message(event: Message, time: float) -> Entry:
    is_text = event.opcode == 1
    data = event.payload.decode("utf-8", "replace") if is_text else base64.b64encode(event.payload).decode()
    record: Entry = {"type": _way(event), "time": time, "opcode": event.opcode, "data": data}
    if len(event.payload) < event.size_bytes:
        record["_wsmonitor"] = {"size_bytes": event.size_bytes, "captured_bytes": len(event.payload)}
    return record


def _control(event: Control, time: float) -> Entry:
    payload = base64.b64encode(event.payload).decode()
    return {"type": _way(event), "time": time, "opcode": event.opcode, "data": payload}


def _way(event: Message | Control) -> str:
    return "send" if event.direction == "tx" else "receive"


def _request(config: EndpointConfig) -> Entry:
    url = redact_url(config.url)
    headers = redact_headers(_ASKED | config.headers)
    return {
        "method": "GET",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "queryString": _pairs(dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))),
        "headersSize": -1,
        "bodySize": 0,
    }


def _response(answer: dict[str, str], failure: OpenFailed | None) -> Entry:
    """Status 0 stands for no answer, as browsers have it."""
    status = 101 if failure is None else failure.status or 0
    body = "" if failure is None else failure.detail.get("body", "")
    headers = answer if failure is None or failure.status is None else failure.detail
    return {
        "status": status,
        "statusText": "Switching Protocols" if status == 101 else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs({name: value for name, value in headers.items() if name not in ("body", "attempts")}),
        "content": {"size": len(body.encode()), "mimeType": "x-unknown", **({"text": body} if body else {})},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _pairs(values: dict[str, str]) -> list[Entry]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _ms(duration_ns: int | None) -> float:
    return -1.0 if duration_ns is None else duration_ns / 1e6
