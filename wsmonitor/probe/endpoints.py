"""Pure: what a probe that was started again has to be told, so that it goes on where the last one ended."""

from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent, EndpointEvent
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig, FaultConfig, TapConfig
from wsmonitor.settings.tap_faults import read_fault


class Endpoints:
    """The endpoints, which are connected, how often they were, and since when taps listen."""

    def __init__(self) -> None:
        self._configs: dict[str, EndpointConfig] = {}
        self._connected: set[str] = set()
        self._connections: dict[str, int] = {}
        self._listening_ns: dict[str, int] = {}

    def note(self, command: channel.Command) -> None:
        """Remember what a command changes."""
        match command:
            case channel.AddEndpoint():
                self._configs[command.config.name] = command.config
                self._connected.discard(command.config.name)
            case channel.RemoveEndpoint():
                self._configs.pop(command.endpoint, None)
                self._connected.discard(command.endpoint)
                self._connections.pop(command.endpoint, None)
            case channel.ConnectEndpoint():
                if command.endpoint not in self._connected:
                    self._listening_ns.pop(command.endpoint, None)
                self._connected.add(command.endpoint)
            case channel.StopEndpoint():
                self._connected.discard(command.endpoint)
            case _:
                pass

    def count(self, events: list[AnyEvent]) -> None:
        """Remember the highest connection number of each endpoint, and since when and where a tap listens."""
        for event in events:
            if isinstance(event, TapListening):
                self._remember_listening(event)
            if isinstance(event, EndpointEvent) and event.connection > self._connections.get(event.endpoint, 0):
                self._connections[event.endpoint] = event.connection

    def replay(self, now_ns: int) -> list[channel.Command]:
        """The commands that bring a new probe to where the last one was."""
        commands: list[channel.Command] = []
        for name, config in self._configs.items():
            commands.append(
                channel.AddEndpoint(
                    config=self._with_faults_left(config, now_ns), connections_before=self._connections.get(name, 0)
                )
            )
            if name in self._connected:
                commands.append(channel.ConnectEndpoint(endpoint=name))
        return commands

    def _remember_listening(self, event: TapListening) -> None:
        """The port is what clients know; planned faults count from the first probe that listened there."""
        self._listening_ns.setdefault(event.endpoint, event.at_ns)
        config = self._configs.get(event.endpoint)
        if config is not None and config.tap is not None:
            port = int(event.addresses[0].rpartition(":")[2])
            self._configs[event.endpoint] = replace(config, tap=replace(config.tap, listen=port))

    def _with_faults_left(self, config: EndpointConfig, now_ns: int) -> EndpointConfig:
        since_ns = self._listening_ns.get(config.name)
        if config.tap is None or since_ns is None or config.name not in self._connected:
            return config
        return replace(config, tap=replace(config.tap, fault=_left(config.tap, (now_ns - since_ns) / 1e9)))


def _left(tap: TapConfig, listening_s: float) -> tuple[FaultConfig, ...]:
    return tuple(left for one in tap.fault if (left := _left_of(one, listening_s)) is not None)


def _left_of(fault: FaultConfig, listening_s: float) -> FaultConfig | None:
    """What is to come keeps its time, what is on stays on for its rest, and what was done is not done again."""
    if fault.at_s > listening_s:
        return replace(fault, at_s=fault.at_s - listening_s)
    found = read_fault(fault.kind, fault.argument)
    if not found.kind.lasts or found.openings is not None or found.duration_s is not None:
        return None
    if not fault.duration_s:
        return replace(fault, at_s=0.0)
    rest_s = fault.at_s + fault.duration_s - listening_s
    return replace(fault, at_s=0.0, duration_s=rest_s) if rest_s > 0 else None
