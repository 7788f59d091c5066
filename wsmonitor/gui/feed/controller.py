"""What buttons want done: commands to the probe, endpoints coming and going."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, Note
from wsmonitor.gui.feed.probe import Probe
from wsmonitor.gui.feed.trials import Trials
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig, OwnCloseCode
from wsmonitor.settings.names import unique_names

log = logging.getLogger(__name__)
_USUAL = ExperimentOptions()


class Analysis(Protocol):
    """What must know of an endpoint before its first event: `Analyzer`, or `LiveSession` around one."""

    def add_endpoint(self, config: EndpointConfig) -> None:
        """Expect this endpoint, or take over its edited configuration."""
        ...

    def restore_endpoint(self, config: EndpointConfig) -> int:
        """Bring this endpoint back with its history; the number of its last connection."""
        ...

    def remove_endpoint(self, name: str) -> None:
        """Forget it."""
        ...

    def feed(self, events: list[AnyEvent]) -> None:
        """Take in facts."""
        ...


class Controller(QObject):
    """Never changes what the window shows: the events that come back do. `failed` carries one sentence."""

    failed = Signal(str)
    endpoints_changed = Signal()
    removed = Signal(list)
    changed = Signal(str, str)
    """An endpoint, and in a few words what was changed; `undo` takes it back."""

    def __init__(self, probe: Probe, analysis: Analysis, parent: QObject) -> None:
        super().__init__(parent)
        self._probe, self._analysis = probe, analysis
        self._configs: dict[str, EndpointConfig] = {}
        self._take_back: Callable[[], None] | None = None
        self._shared_codes: tuple[OwnCloseCode, ...] = ()
        self.trials = Trials(probe, self)

    @property
    def configs(self) -> tuple[EndpointConfig, ...]:
        """The endpoints monitored now, in order."""
        return tuple(self._configs.values())

    def config(self, name: str) -> EndpointConfig | None:
        """How endpoint `name` is set; `None` where there is none."""
        return self._configs.get(name)

    def is_tap(self, name: str) -> bool:
        """Whether the endpoint of this name is a tap: its connections are other programs'."""
        config = self._configs.get(name)
        return config is not None and config.is_tap

    def change(self, config: EndpointConfig, what: str) -> None:
        """Monitor the endpoint of this name as `config` says from now on; it is dialled again."""
        before = self._configs.get(config.name)
        if before is None or before == config:
            return
        self._replace(config)
        self.can_undo(partial(self._change_back, before))
        self.changed.emit(config.name, what)

    def share_codes(self, codes: tuple[OwnCloseCode, ...]) -> None:
        """What the workspace says of close codes holds for every endpoint that comes from now on."""
        self._shared_codes = codes

    def note(self, text: str, moment_ns: int) -> None:
        """The user writes something about a moment: a fact like any other, it is recorded and exported."""
        self._analysis.feed([Note(at_ns=time.monotonic_ns(), text=text, moment_ns=moment_ns)])

    def can_undo(self, take_back: Callable[[], None]) -> None:
        """`undo` does this, until something else is done that can be undone."""
        self._take_back = take_back

    def undo(self) -> None:
        """Take back what was done last: a change, a removal. Once."""
        take_back, self._take_back = self._take_back, None
        if take_back is not None:
            take_back()

    def add(
        self, configs: Iterable[EndpointConfig], *, dial: bool = True, connections: Mapping[str, int] | None = None
    ) -> None:
        """Monitor these endpoints, under names of their own, and dial them; they count from their `connections`."""
        known = list(self._configs.values())
        for config in unique_names([*known, *map(self._with_shared, configs)])[len(known) :]:
            self._configs[config.name] = config
            self._analysis.add_endpoint(config)
            before = (connections or {}).get(config.name, 0)
            self._send(channel.AddEndpoint(config=config, connections_before=before), f"adding {config.name}")
            if dial:
                self._send(channel.ConnectEndpoint(endpoint=config.name), f"connecting {config.name}")
        self.endpoints_changed.emit()

    def edit(self, old_name: str, config: EndpointConfig) -> None:
        """Take over an edited endpoint; under its old name it keeps its history, under another it begins anew."""
        config = self._with_shared(config)
        if config.name == old_name:
            self.change(config, "settings changed, dialling again")
            return
        self._send(channel.RemoveEndpoint(endpoint=old_name), f"renaming {old_name}")
        self._analysis.remove_endpoint(old_name)
        self._configs = {config.name if name == old_name else name: one for name, one in self._configs.items()}
        self._replace(config)

    def remove(self, names: Iterable[str]) -> None:
        """Forget these endpoints; `undo` brings them back with their history. Others of their names begin anew."""
        removed = [self._configs.pop(name) for name in names if name in self._configs]
        self.can_undo(partial(self._restore, removed))
        for config in removed:
            self._send(channel.RemoveEndpoint(endpoint=config.name), f"removing {config.name}")
            self._analysis.remove_endpoint(config.name)
        self.endpoints_changed.emit()
        self.removed.emit([config.name for config in removed])

    def replace_all(self, configs: Iterable[EndpointConfig]) -> None:
        """Monitor these endpoints instead of those of now."""
        for name in self._configs:
            self._send(channel.RemoveEndpoint(endpoint=name), f"removing {name}")
            self._analysis.remove_endpoint(name)
        self._configs, self._take_back = {}, None
        self.add(configs)

    def connect_now(self, names: Iterable[str]) -> None:
        """Dial now, whatever the endpoints wait for."""
        for name in names:
            self._send(channel.ConnectEndpoint(endpoint=name), f"connecting {name}")

    def stop(self, names: Iterable[str]) -> None:
        """Close with 1000 and stay closed."""
        for name in names:
            self._send(channel.StopEndpoint(endpoint=name), f"stopping {name}")

    def disrupt(self, names: Iterable[str], kind: str, argument: str, slot: int | None = None) -> None:
        """Force a disconnect, of all connections or of that in `slot`."""
        for name in names:
            self._send(channel.Disrupt(endpoint=name, kind=kind, argument=argument, slot=slot), f"{kind} on {name}")

    def start_experiment(self, name: str, experiment: str, options: ExperimentOptions = _USUAL) -> None:
        """Put the question `experiment` to the server of endpoint `name`, or to the client of a tap."""
        config = self._configs.get(name)
        if config is not None:
            command = channel.StartExperiment(config=config, name=experiment, options=options)
            self._send(command, f"asking {experiment} of {name}")

    def set_subscription(self, name: str, messages: tuple[str, ...]) -> None:
        """Say which messages the client that is tested at tap `name` sends first."""
        self._send(channel.SetSubscription(endpoint=name, messages=messages), f"first messages of {name}")

    def stop_experiment(self, name: str) -> None:
        """End the experiment that runs on endpoint `name`; its answer says what was found so far."""
        self._send(channel.StopExperiment(endpoint=name), f"stopping the experiment on {name}")

    def send(self, names: Iterable[str], payload: bytes, *, text: bool, fill: bool = False) -> None:
        """Queue a message, connected or not; `fill` has each endpoint fill in its own placeholders."""
        for name in names:
            self._send(channel.Send(endpoint=name, payload=payload, text=text, fill=fill), f"sending to {name}")

    def _restore(self, removed: list[EndpointConfig]) -> None:
        """Monitor again what was removed; where its name has been taken since, it begins anew under another."""
        free = [config for config in removed if config.name not in self._configs]
        self.add(removed, connections={config.name: self._analysis.restore_endpoint(config) for config in free})

    def _with_shared(self, config: EndpointConfig) -> EndpointConfig:
        """`config` with the workspace's close codes, unless it came with those of its own file."""
        if config.shared_close_code or not self._shared_codes:
            return config
        return replace(config, shared_close_code=self._shared_codes)

    def _change_back(self, before: EndpointConfig) -> None:
        if before.name in self._configs:
            self._replace(before)

    def _replace(self, config: EndpointConfig) -> None:
        self._configs[config.name] = config
        self._analysis.add_endpoint(config)
        self._send(channel.AddEndpoint(config=config), f"changing {config.name}")
        self._send(channel.ConnectEndpoint(endpoint=config.name), f"connecting {config.name}")
        self.endpoints_changed.emit()

    def _send(self, command: channel.Command, purpose: str) -> None:
        self._probe.command(command).add_done_callback(partial(self._finished, purpose))

    def _finished(self, purpose: str, future: "Future[channel.Done]") -> None:
        if future.cancelled():
            return
        error = future.exception()
        if isinstance(error, WsmonitorError):
            self.failed.emit(f"{purpose}: {error}")
        elif error is not None:
            log.error("%s failed", purpose, exc_info=error)
            self.failed.emit(f"{purpose} failed, see the log: {error}")
