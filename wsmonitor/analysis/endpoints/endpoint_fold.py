"""One endpoint: its slots, the numbering of its closures, and its part of the summary."""

from collections import deque

from wsmonitor.analysis.endpoints.slot_fold import SlotFold
from wsmonitor.analysis.endpoints.tap_fold import TapFold, keeps_away
from wsmonitor.analysis.series.beats import KINDS
from wsmonitor.analysis.series.history import SessionHistory
from wsmonitor.analysis.series.percentiles import RoundTripStatistics, RttSummary
from wsmonitor.analysis.snapshot import Closure, EndpointView, FailedOpening
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.findings import Diagnosed
from wsmonitor.facts.events import (
    ConnectionClosed,
    Disruption,
    HeartbeatKind,
    KnownEarlier,
    OpenFailed,
    SlotEvent,
    StateChanged,
    Verdict,
)
from wsmonitor.facts.tap_events import TapCost, TapListening, TapOpened
from wsmonitor.settings.endpoint_settings import EndpointConfig

_VERDICTS = 10_000


class EndpointFold:
    """Holds one slot for each parallel connection, at least those that the configuration names."""

    def __init__(self, config: EndpointConfig, since_ns: int) -> None:
        self.config = config
        self.codes = config.codes
        self.slots: list[SlotFold] = []
        self.tap: TapFold | None = TapFold() if config.is_tap else None
        self._since_ns = since_ns
        self._closures = self._failures = 0
        self._verdicts: deque[Verdict] = deque(maxlen=_VERDICTS)
        self._add_slots(config.connections)

    def configure(self, config: EndpointConfig) -> None:
        """Take over an edited configuration; slots that are no longer wanted go as soon as they have stopped."""
        are_codes_other = config.codes != self.codes
        if config.is_tap != self.config.is_tap:
            self.tap = TapFold() if config.is_tap else None
        self.config, self.codes = config, config.codes
        self.trim()
        self._add_slots(config.connections)
        for slot in self.slots:
            slot.forget_view()
            if are_codes_other:
                slot.closures.reword(self.codes)

    def trim(self) -> None:
        """Let go of slots that no configuration wants, where they have stopped."""
        while self.config.url and len(self.slots) > max(1, self.config.connections) and self.slots[-1].is_at_rest:
            self.slots.pop()

    @property
    def is_at_rest(self) -> bool:
        """True while no slot does anything."""
        return all(slot.is_at_rest for slot in self.slots)

    def slot(self, number: int) -> SlotFold:
        """Slot `number`, for what is known of it now; it is made if no configuration announced it."""
        if number >= len(self.slots):
            self._add_slots(number + 1)
        return self.slots[number]

    def close(self, event: ConnectionClosed, at_s: float) -> Closure:
        """Number a closure and pass it to its slot."""
        self._closures += 1
        self._verdicts.append(event.verdict)
        closure = Closure(
            number=self._closures,
            endpoint=event.endpoint,
            slot=event.slot,
            connection=event.connection,
            at_ns=event.at_ns,
            verdict=event.verdict,
            circumstances=event.circumstances,
            kernel=self.slot(event.slot).take_kernel(event.connection),
            messages=self.slot(event.slot).passed(event.connection),
        )
        self.slot(event.slot).close(closure, at_s, self.codes)
        return closure

    def fail(self, event: OpenFailed) -> FailedOpening:
        """Number an opening that failed."""
        self._failures += 1
        return FailedOpening(self._failures, event.endpoint, event.slot, event.at_ns, event)

    def know_earlier(self, event: KnownEarlier) -> None:
        """What comes is numbered behind what was before the recording."""
        self._closures, self._failures = max(self._closures, event.closures), max(self._failures, event.failures)

    def know_tap(self, event: SlotEvent, at_s: float) -> None:
        """Take in what a tap states of itself; other endpoints state nothing of the kind."""
        if self.tap is None:
            if not isinstance(event, TapListening | TapOpened):
                return
            self.tap = TapFold()
        match event:
            case TapListening():
                self.tap.listening(event)
            case TapOpened():
                self.tap.opened(event)
            case TapCost():
                self.tap.cost(event)
            case Disruption():
                self.tap.disrupted(event)
                for slot in self.slots if keeps_away(event) else ():
                    slot.conditions.keep_away(event, at_s)
                    slot.forget_view()
            case StateChanged():
                self.tap.changed(event)

    def reset_statistics(self, now_ns: int) -> None:
        """Count from zero; closures keep their numbers and the plots what they show."""
        self._verdicts.clear()
        for slot in self.slots:
            slot.reset_statistics(now_ns)

    def lose(self, at_ns: int, at_s: float, reason: str) -> None:
        """The probe is gone: nothing is known from here on."""
        if self.tap is not None:
            self.tap.lost()
        for slot in self.slots:
            slot.lose(at_ns, at_s, reason)

    def views(self, session: SessionHistory, said: Diagnosed) -> list[EndpointView]:
        """One row for each slot; the findings are those of the endpoint."""
        return [slot.view(self.config, len(self.slots), session, said, self.tap) for slot in self.slots]

    def summary(self, now_ns: int, said: Diagnosed) -> EndpointSummary:
        """All slots together."""
        return EndpointSummary(
            endpoint=self.config.name,
            connections=sum(slot.progress.connections for slot in self.slots),
            attempts=sum(slot.progress.attempts for slot in self.slots),
            failures=sum(slot.progress.failures for slot in self.slots),
            open_ns=sum(slot.progress.open_ns(now_ns) for slot in self.slots),
            rtt=self._round_trips(),
            closures=tuple(self._verdicts),
            closures_total=sum(slot.closures.count for slot in self.slots),
            outbox_peak=max(slot.buffer.peak for slot in self.slots),
            messages_sent=sum(slot.sent.total for slot in self.slots),
            messages_received=sum(slot.received.total for slot in self.slots),
            findings=said.findings,
            past=said.past,
            codes=self.codes,
        )

    def _round_trips(self) -> dict[HeartbeatKind, RttSummary]:
        summaries: dict[HeartbeatKind, RttSummary] = {}
        for kind in KINDS:
            merged = RoundTripStatistics()
            for slot in self.slots:
                merged.merge(slot.beats.statistics[kind])
            if merged.has_samples:
                summaries[kind] = merged.summary()
        return summaries

    def _add_slots(self, count: int) -> None:
        self.slots += [SlotFold(number, self._since_ns) for number in range(len(self.slots), max(1, count))]
