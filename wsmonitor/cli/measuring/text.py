"""Events -> one aligned, readable line each, coloured where that is wanted.

What comes every second (kernel samples, our own lag) or several times a message (`queued`, `written`)
is left to NDJSON.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import click

from wsmonitor.diagnosis.finding_words import change_words
from wsmonitor.diagnosis.findings import FindingChange, FindingStated, FindingWithdrawn
from wsmonitor.facts import events
from wsmonitor.facts.events import AnyEvent, EndpointEvent, State
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.facts.tap_events import TapCost
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_event
from wsmonitor.text.wording.event_words import severity, words
from wsmonitor.text.wording.layers import NOTABLE_LAG_NS, closure_layers
from wsmonitor.text.wording.opening_words import opening_layers

_NAME_LIMIT = 40
_INDENT = 14
_TROUBLES = 256
_SEVERITY_COLOURS = {"warning": "yellow", "problem": "red"}
_DIM = "bright_black"


class TextLines:
    """Words events for people. Times are local wall time by the latest `ClockAnchor`.

    Args:
        wall: the wall clock until the first anchor.
        names: of the endpoints, for the width of their column.
        encoding: of the output; what it cannot say is escaped.
        codes: what close codes mean at the endpoints of these names.
        details: below each closure and failed opening, what is known at each layer.
        wanted: which events get a line at all.
    """

    def __init__(
        self,
        wall: WallClock,
        names: Sequence[str],
        *,
        colour: bool = False,
        show_secrets: bool = False,
        encoding: str = "utf-8",
        codes: Mapping[str, CloseCodes] | None = None,
        details: bool = False,
        wanted: Callable[[AnyEvent], bool] | None = None,
    ) -> None:
        self._wall = wall
        self._width = min(_NAME_LIMIT, max(map(len, names), default=0))
        self._colour = colour
        self._show_secrets = show_secrets
        self._encoding = encoding
        self._told: dict[tuple[str, str], str] = {}
        self._codes = codes or {}
        self._details = details
        self._is_lost = False
        self._wanted = wanted
        self._own: deque[OwnTrouble] = deque(maxlen=_TROUBLES)
        self._kernel: dict[tuple[str, int], events.TcpSample] = {}

    def line(self, event: AnyEvent | FindingChange) -> bytes | None:
        """The line of `event` with its newline; `None` for one that is not shown."""
        if isinstance(event, FindingStated | FindingWithdrawn):
            return self._finding(event)
        if isinstance(event, events.ClockAnchor):
            self._wall = event.clock
        self.hear(event)
        is_back = isinstance(event, events.ProbeStarted) and self._is_lost
        self._is_lost = (self._is_lost or isinstance(event, events.ProbeLost)) and not is_back
        is_shown = (is_back or _is_shown(event)) and (self._wanted is None or self._wanted(event))
        if not is_shown:
            return None
        shown = event if self._show_secrets else redact_event(event)
        codes = self._codes_of(shown)
        text = words(shown, codes)
        head = f"{self._clock(event.at_ns)}  {self._who(event)}"
        if self._colour:
            head = click.style(head, fg=_DIM)
            text = click.style(text, fg=_colour(event))
        lines = [f"{head}  {text}", *(self._layers(shown, codes) if self._details else ())]
        return "".join(f"{line}\n" for line in lines).encode(self._encoding, "backslashreplace")

    def hear(self, event: AnyEvent) -> None:
        """Remember what a later ending may have to do with; for events that get no line."""
        if not self._details:
            return
        match event:
            case events.TcpSample():
                self._kernel[event.endpoint, event.slot] = event
            case events.ClockJump():
                self._own.append(OwnTrouble(event.kind, event.at_ns, event.gap_ns))
            case events.LoopLag() if event.lag_ns >= NOTABLE_LAG_NS:
                self._own.append(OwnTrouble("lag", event.at_ns, event.lag_ns))

    def _layers(self, event: AnyEvent, codes: CloseCodes) -> list[str]:
        """What is known of an ending at each layer, indented below its line."""
        match event:
            case events.ConnectionClosed():
                kernel = self._kernel.pop((event.endpoint, event.slot), None)
                if kernel is not None and kernel.connection != event.connection:
                    kernel = None
                around, at_ns = event.circumstances, event.at_ns
                layers = closure_layers(event.verdict, around, at_ns, codes=codes, kernel=kernel, own=self._own)
            case events.OpenFailed():
                layers = opening_layers(event, own=self._own)
            case _:
                return []
        lines = [" " * _INDENT + line for line in layers.lines]
        return [click.style(line, fg=_DIM) for line in lines] if self._colour else lines

    def _codes_of(self, event: AnyEvent) -> CloseCodes:
        return self._codes.get(event.endpoint, EVERYBODYS) if isinstance(event, EndpointEvent) else EVERYBODYS

    def _finding(self, change: FindingChange) -> bytes | None:
        if not self._is_news(change):
            return None
        head, text = f"{self._clock(change.at_ns)}  {self._who(change)}", change_words(change)
        if self._colour:
            severity = change.finding.severity if isinstance(change, FindingStated) else "info"
            head = click.style(head, fg=_DIM)
            text = click.style(text, fg=_SEVERITY_COLOURS.get(severity), bold=isinstance(change, FindingStated))
        return f"{head}  {text}\n".encode(self._encoding, "backslashreplace")

    def _is_news(self, change: FindingChange) -> bool:
        """True for a finding that says something else than before, and for the withdrawal of one that was told."""
        if not isinstance(change, FindingStated):
            return self._told.pop((change.endpoint, change.rule), None) is not None
        finding = change.finding
        if finding.pending is not None or self._told.get(finding.key) == finding.sentence:
            return False
        self._told[finding.key] = finding.sentence
        return True

    def _clock(self, at_ns: int) -> str:
        wall_ns = self._wall.ns(at_ns)
        return f"{time.strftime('%H:%M:%S', time.localtime(wall_ns // 1_000_000_000))}.{wall_ns // 1_000_000 % 1000:03}"

    def _who(self, event: AnyEvent | FindingChange) -> str:
        """Endpoint and connection, `voice #3` or `voice/1 #3` for a second slot, as a column."""
        if not isinstance(event, EndpointEvent):
            return " " * (self._width + 5)
        name = visible(event.endpoint, _NAME_LIMIT - 1) + (f"/{event.slot}" if event.slot else "")
        number = f"#{event.connection}" if event.connection else ""
        return f"{name:<{self._width}} {number:<4}"


def _is_shown(event: AnyEvent) -> bool:
    match event:
        case events.ClockAnchor() | events.TcpSample() | events.ProbeStarted() | TapCost():
            return False
        case events.LoopLag():
            return event.lag_ns >= NOTABLE_LAG_NS
        case events.MessageStatus():
            return event.status in ("dropped", "unknown")
    return True


def _colour(event: AnyEvent) -> str | None:
    match event:
        case events.StateChanged(new=State.OPEN):
            return "green"
        case events.RttSample():
            return "cyan"
        case events.Control() | events.PhaseDone() | events.OutboxChanged():
            return _DIM
    return _SEVERITY_COLOURS.get(severity(event))
