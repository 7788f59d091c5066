"""What is known of a tap besides its clients' connections: where it listens, who came, which faults are on."""

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.facts.events import Disruption, State, StateChanged
from wsmonitor.facts.tap_events import TapCost, TapListening, TapOpened
from wsmonitor.settings.tap_faults import fault_kind
from wsmonitor.text.plain_text import visible

_MOST_FAULTS = 64
"""There are fewer kinds."""
_MOST_CLIENTS = 10_000


class FaultOn(Struct, frozen=True):
    """A fault that acts since `since_ns`: on every client of a tap, or on the one in `slot`."""

    kind: str
    argument: str
    since_ns: int
    slot: int | None = None


class TapClient(Struct, frozen=True):
    """Who came to a tap; `process` and `pid` where the machine let it see them."""

    address: str
    process: str = ""
    pid: int | None = None


class TapView(Struct, frozen=True):
    """A tap as it is now; `url` is what to give to a client, empty while it does not listen."""

    url: str = ""
    upstream: str = ""
    faults: tuple[FaultOn, ...] = ()
    """What is on, in the order in which it was switched on."""
    clients_seen: int = 0
    dwell_p99_ns: int | None = None
    """How long nearly all bytes were in the tap, at most, in the last second in which any passed."""


class TapFold:
    """Takes in what a tap states of itself."""

    def __init__(self) -> None:
        self.view = TapView()
        self._clients: dict[int, TapClient] = {}
        self._faults: dict[tuple[str, int | None], FaultOn] = {}

    def client(self, slot: int) -> TapClient | None:
        """Who is, or was last, in this slot; `None` before anybody was."""
        return self._clients.get(slot)

    def listening(self, event: TapListening) -> None:
        """Clients can come from now on; faults of an earlier time are over."""
        self._faults.clear()
        self._show(visible(event.url, 300), visible(event.upstream, 300))

    def opened(self, event: TapOpened) -> None:
        """A client came."""
        if event.slot in self._clients or len(self._clients) < _MOST_CLIENTS:
            self._clients[event.slot] = TapClient(
                visible(event.client_address, 60), visible(event.process, 80), event.pid
            )
        self._show(self.view.url, self.view.upstream, came=1)

    def cost(self, event: TapCost) -> None:
        """What the tap itself added."""
        self.view = replace(self.view, dwell_p99_ns=event.p99_ns)

    def disrupted(self, event: Disruption) -> None:
        """A fault began, or is over; what one for all does to each client is no fault of its own."""
        if not (event.is_shared or event.is_for_one):
            return
        key = (visible(event.kind, 60), None if event.is_shared else event.slot)
        if event.phase == "started":
            if not _lasts(event.kind) or len(self._faults) >= _MOST_FAULTS:
                return
            self._faults.pop(key, None)
            self._faults[key] = FaultOn(key[0], visible(event.argument, 120), event.at_ns, key[1])
        else:
            self._faults.pop(key, None)
        self._show(self.view.url, self.view.upstream)

    def changed(self, event: StateChanged) -> None:
        """A tap that stopped, or cannot listen, is open to nobody."""
        if event.new in (State.STOPPED, State.FAILED):
            self.lost()

    def lost(self) -> None:
        """Nobody listens any more."""
        self._faults.clear()
        self._show("", self.view.upstream)

    def _show(self, url: str, upstream: str, came: int = 0) -> None:
        self.view = replace(
            self.view,
            url=url,
            upstream=upstream,
            faults=tuple(self._faults.values()),
            clients_seen=self.view.clients_seen + came,
        )


def keeps_away(event: Disruption) -> bool:
    """Whether it is a fault of a tap that keeps openings away: no client has it, and all do."""
    try:
        return event.is_shared and fault_kind(event.kind).acts_on == "openings"
    except ValueError:  # of another version
        return False


def _lasts(kind: str) -> bool:
    try:
        return fault_kind(kind).lasts
    except ValueError:  # as above
        return False
