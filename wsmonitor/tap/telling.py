"""Words what one client of a tap and its opening do as events, once it has asked for WebSocket."""

from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import OpenFailed, Phase, PhaseDone, State, StateChanged
from wsmonitor.facts.tap_events import TapOpened, Via
from wsmonitor.tap.sockets.client_process import ClientProcess

_PHASE_STATES: dict[Phase, State] = {
    "dns": State.RESOLVING,
    "tcp": State.CONNECTING,
    "tls": State.SECURING,
    "http": State.UPGRADING,
}


class Telling:
    """Says nothing until it has a reporter: a request for a page is nobody's business."""

    def __init__(self, clock: Clock, address: str) -> None:
        self.reporter: Reporter | None = None
        self.process: ClientProcess | None = None
        self.phase: Phase = "dns"
        self.phase_began_ns = 0
        self._clock = clock
        self._address = address
        self._dialled_ns = 0
        self._state = State.IDLE
        self._is_announced = False
        self._via: Via = "reverse"

    def begin(self, reporter: Reporter, accepted_ns: int, asked: str, via: Via) -> None:
        """The client asks for WebSocket, or for a tunnel."""
        self.reporter, self._via = reporter, via
        self._dialled_ns = self._clock.now_ns()
        if self.process is not None:
            self.announce()
        self.phase_done("client_http", self._dialled_ns - accepted_ns, {"asked": asked})

    def known_as(self, process: ClientProcess | None) -> None:
        """The client's process was looked for."""
        self.process = process
        self.announce()

    def announce(self) -> None:
        """Who came, as far as it is known by now; told once."""
        if self._is_announced or self.reporter is None:
            return
        self._is_announced = True
        process = self.process
        self.reporter.publish(
            TapOpened(
                at_ns=self._clock.now_ns(),
                client_address=self._address,
                pid=process.pid if process is not None else None,
                process=process.name if process is not None else "",
                via=self._via,
                **self.reporter.who,
            )
        )

    def phase_began(self, phase: Phase) -> None:
        """The dial entered `phase`."""
        self.phase, self.phase_began_ns = phase, self._clock.now_ns()
        self.change(_PHASE_STATES[phase])

    def phase_done(self, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None:
        """A phase of the opening ended well."""
        if self.reporter is not None:
            at_ns = self._clock.now_ns()
            self.reporter.publish(
                PhaseDone(at_ns=at_ns, phase=phase, duration_ns=duration_ns, detail=detail, **self.reporter.who)
            )

    def failed(self, failure: OpenFailure) -> None:
        """The opening failed; only its first failure is one."""
        if self.reporter is None or self._state is State.IDLE:
            return
        now_ns = self._clock.now_ns()
        self.announce()
        self.reporter.publish(
            OpenFailed(
                at_ns=now_ns,
                phase=failure.phase,
                error=failure.error,
                duration_ns=now_ns - self._dialled_ns,
                status=failure.status,
                fatal=failure.fatal,
                retry_after_ns=failure.retry_after_ns,
                detail=failure.detail,
                **self.reporter.who,
            )
        )
        self.change(State.IDLE, failure.error)

    def change(self, new: State, cause: str = "") -> None:
        """The connection is in another state."""
        if self.reporter is None or new is self._state:
            return
        old, self._state = self._state, new
        self.reporter.publish(
            StateChanged(at_ns=self._clock.now_ns(), old=old, new=new, cause=cause, **self.reporter.who)
        )
