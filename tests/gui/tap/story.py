"""What a tap states, from listening to a client and a fault."""

from tests.gui.story import START_NS, WALL_NS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent, Disruption, DisruptionPhase, State, StateChanged
from wsmonitor.facts.tap_events import TapListening, TapOpened
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

URL = "ws://localhost:9001/"
SHOP = EndpointConfig(name="shop", url="wss://staging.shop/live", tap=TapConfig(listen=9001))


def listening(at_s: float = 0.1) -> AnyEvent:
    return TapListening(
        at_ns=at_ns(at_s), endpoint="shop", addresses=("127.0.0.1:9001",), upstream="wss://staging.shop/live", url=URL
    )


def came(slot: int, process: str, pid: int, at_s: float = 1.0) -> list[AnyEvent]:
    return [
        TapOpened(
            at_ns=at_ns(at_s), endpoint="shop", slot=slot, client_address="127.0.0.1:50000", pid=pid, process=process
        ),
        StateChanged(
            at_ns=at_ns(at_s), endpoint="shop", slot=slot, connection=slot + 1, old=State.IDLE, new=State.OPEN, cause=""
        ),
    ]


def fault(kind: str, argument: str = "", phase: DisruptionPhase = "started", *, shared: bool = True) -> AnyEvent:
    return Disruption(at_ns=at_ns(2), endpoint="shop", kind=kind, argument=argument, phase=phase, is_shared=shared)


def analyzer_of(*events: AnyEvent) -> Analyzer:
    """An analyzer that knows the shop's tap and what it stated."""
    analyzer = Analyzer(START_NS, WALL_NS)
    analyzer.add_endpoint(SHOP)
    analyzer.feed(events)
    return analyzer
