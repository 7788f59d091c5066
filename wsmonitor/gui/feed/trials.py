"""One connection tried for the editor: a temporary endpoint in the probe, whose events the analysis never sees."""

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from wsmonitor.facts.events import AnyEvent, EndpointEvent, OpenFailed, SamplesDropped, StateChanged
from wsmonitor.facts.tally import only
from wsmonitor.gui.feed.probe import Probe, Source
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, TrafficConfig

_PREFIX = "\x00try "
"""No name in a workspace has a control character."""
_GRACE_MS = 1_500


class Trials(QObject):
    """`told` carries every event of the running trial, `ended` whether it opened, with a sentence if not."""

    told = Signal(object)
    ended = Signal(bool, str)

    def __init__(self, probe: Probe, parent: QObject) -> None:
        super().__init__(parent)
        self._probe = probe
        self._name = ""
        self._number = 0
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._too_late)

    def start(self, config: EndpointConfig) -> None:
        """Dial once as `config` says, but without retries and traffic of its own."""
        self.stop()
        self._number += 1
        self._name = f"{_PREFIX}{self._number}"
        once = replace(
            config,
            name=self._name,
            connections=1,
            retry=replace(config.retry, enabled=False, monitor_mode=False, breaker=False),
            ping=PingConfig(enabled=False),
            app_heartbeat=None,
            traffic=TrafficConfig(),
            echo=False,
        )
        self._probe.command(channel.AddEndpoint(config=once))
        self._probe.command(channel.ConnectEndpoint(endpoint=self._name))
        self._limit.start(round(config.connect.timeout_s * 1000) + _GRACE_MS)

    def stop(self) -> None:
        """Give up the trial; its connection is closed."""
        self._limit.stop()
        if self._name:
            self._probe.command(channel.RemoveEndpoint(endpoint=self._name))
            self._name = ""

    def sift(self, source: Source) -> "Sieve":
        """`source` without the events of trials."""
        return Sieve(source, self)

    def hear(self, event: EndpointEvent) -> None:
        """An event of a trial; one of an older trial is not news."""
        if event.endpoint != self._name:
            return
        self.told.emit(event)
        match event:
            case OpenFailed():
                status = f"HTTP {event.status}, " if event.status else ""
                self._end(False, f"{event.phase}: {status}{event.error}")
            case StateChanged(new=new) if new.is_open:
                self._end(True, "")

    def _too_late(self) -> None:
        self._end(False, "no answer from the measurement")

    def _end(self, is_open: bool, reason: str) -> None:
        self.stop()
        self.ended.emit(is_open, reason)


class Sieve:
    """A source of events that keeps those of trials for `Trials`."""

    def __init__(self, source: Source, trials: Trials) -> None:
        self._source, self._trials = source, trials

    def take(self) -> list[AnyEvent]:
        """Everything that came since the last call, trials excluded."""
        events = self._source.take()
        kept = [
            only(event, _is_endpoint) if isinstance(event, SamplesDropped) else event
            for event in events
            if not _is_tried(event)
        ]
        if len(kept) < len(events):
            for event in filter(_is_tried, events):
                if isinstance(event, EndpointEvent):
                    self._trials.hear(event)
        return kept


def _is_tried(event: AnyEvent) -> bool:
    return isinstance(event, EndpointEvent) and not _is_endpoint(event.endpoint)


def _is_endpoint(name: str) -> bool:
    return not name.startswith(_PREFIX)
