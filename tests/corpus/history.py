"""Builds histories as the engine would state them: opens, traffic, heartbeats, endings. Times are seconds.

A `Line` is one connection slot. Everything that a connection did is collected until it ends; then silences
and life follow from the frames that passed, as `verdict.py` would have it.
"""

import random
from bisect import bisect_right
from typing import Any

from wsmonitor.facts.events import (
    AnyEvent,
    ClockJump,
    ConnectionClosed,
    Control,
    Direction,
    Disruption,
    HeartbeatKind,
    HeartbeatMissed,
    JumpKind,
    LoopLag,
    Message,
    NetworkChanged,
    OpenFailed,
    Phase,
    PhaseDone,
    RttSample,
    State,
    StateChanged,
    TcpSample,
    Verdict,
)
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, PingConfig, to_ns

START_NS = 1_000 * NS
QUIET = PingConfig(enabled=False)


def ns(at_s: float) -> int:
    """The monotonic time of a second of the history."""
    return START_NS + to_ns(at_s)


class History:
    """Events of one or more endpoints, and of the monitor itself."""

    def __init__(self, seed: object, url: str = "ws://desk.test:8000/ws", **config: Any) -> None:
        self.dice = random.Random(str(seed))
        self.configs: list[EndpointConfig] = []
        self.events: list[AnyEvent] = []
        self._connections: dict[str, int] = {}
        self.line = self.endpoint("voice", url, **config)

    def endpoint(self, name: str, url: str = "ws://desk.test:8000/ws", **config: Any) -> "Line":
        """Another endpoint; its first slot."""
        self.configs.append(EndpointConfig(name=name, url=url, **config))
        return Line(self, self.configs[-1], 0)

    def slot(self, number: int) -> "Line":
        """Another slot of the first endpoint."""
        return Line(self, self.configs[0], number)

    def next_connection(self, name: str) -> int:
        self._connections[name] = self._connections.get(name, 0) + 1
        return self._connections[name]

    def connections(self, name: str) -> int:
        return self._connections.get(name, 0)

    @property
    def end_s(self) -> float:
        """The time of the last event."""
        return max(((event.at_ns - START_NS) / NS for event in self.events), default=0.0)

    def jump(self, at_s: float, gap_s: float, kind: JumpKind = "sleep") -> None:
        self.events.append(ClockJump(at_ns=ns(at_s), kind=kind, gap_ns=to_ns(gap_s)))

    def lag(self, at_s: float, lag_s: float) -> None:
        self.events.append(LoopLag(at_ns=ns(at_s), lag_ns=to_ns(lag_s)))

    def finished(self, end_s: float = 0.0) -> list[AnyEvent]:
        """Everything in order, with the monitor's own pulse, until `end_s` or the last event."""
        last_s = max(end_s, self.end_s)
        beats = range(int(last_s) + 1)
        dice = random.Random(last_s)
        pulse = [LoopLag(at_ns=ns(beat), lag_ns=dice.randrange(200_000, 4_000_000)) for beat in beats]
        return sorted([*self.events, *pulse], key=lambda event: event.at_ns)


class Line:
    """One connection slot of one endpoint."""

    def __init__(self, history: History, config: EndpointConfig, slot: int) -> None:
        self.history = history
        self.config = config
        self.number = slot
        self.dice = history.dice
        self.now_s = 0.0
        self.opened_s = 0.0
        self.round_trip_s = 0.02
        self._passing: list[AnyEvent] = []
        self._rx_s: list[float] = []
        self._tx_s: list[float] = []
        self._state = State.IDLE

    @property
    def who(self) -> dict[str, Any]:
        name = self.config.name
        return {"endpoint": name, "slot": self.number, "connection": self.history.connections(name)}

    # The opening

    def open(self, at_s: float | None = None, *, round_trip_s: float | None = None, attempts: str = "") -> None:
        """Dial and open; without a time, a moment after the last ending."""
        at_s = self.now_s + self.dice.uniform(0.1, 0.8) if at_s is None else at_s
        self.round_trip_s = round_trip_s or self.round_trip_s
        self._state_at(at_s, State.RESOLVING)
        self._phase(at_s, "dns", 0.001)
        detail = {"attempts": attempts or "10.0.0.7:8000 ok after 1.0 ms", "local": "10.0.0.2:50000"}
        self._phase(at_s + self.round_trip_s, "tcp", self.round_trip_s, detail)
        self.opened_s = self.now_s = at_s + 2 * self.round_trip_s
        self._phase(self.opened_s, "http", self.round_trip_s)
        self.history.next_connection(self.config.name)
        self._state_at(self.opened_s, State.OPEN)
        self._rx_s, self._tx_s, self._passing = [self.opened_s], [self.opened_s], []

    def fail(
        self,
        phase: Phase,
        error: str,
        *,
        after_s: float = 0.01,
        at_s: float | None = None,
        status: int | None = None,
        **more: Any,
    ) -> None:
        """Dial in vain."""
        at_s = self.now_s + self.dice.uniform(0.2, 2.0) if at_s is None else at_s
        self._state_at(at_s, State.RESOLVING)
        self.now_s = at_s + after_s
        self.history.events.append(
            OpenFailed(
                at_ns=ns(self.now_s), phase=phase, error=error, duration_ns=to_ns(after_s), status=status,
                **more, **self.who,
            )
        )  # fmt: skip
        self._state_at(self.now_s, State.BACKOFF)

    # Traffic

    def message(self, at_s: float, direction: Direction, payload: bytes = b"hello", *, size: int | None = None) -> None:
        size = len(payload) if size is None else size
        event = Message(
            at_ns=ns(at_s), direction=direction, opcode=1, size_bytes=size, wire_bytes=size + 6, payload=payload,
            **self.who,
        )  # fmt: skip
        self._pass(event, at_s)

    def send(self, at_s: float, payload: bytes = b"hello", *, answer: bytes | None = None) -> None:
        """A message of ours, and the peer's answer a round trip later."""
        self.message(at_s, "tx", payload)
        if answer is not None:
            self.message(at_s + self.round_trip_s, "rx", answer)

    def receive(self, at_s: float, payload: bytes = b"news", *, size: int | None = None) -> None:
        self.message(at_s, "rx", payload, size=size)

    def control(self, at_s: float, direction: Direction, opcode: int, payload: bytes = b"12345678") -> None:
        event = Control(at_ns=ns(at_s), direction=direction, opcode=opcode, payload=payload, **self.who)
        self._pass(event, at_s)

    def ping(self, at_s: float, round_trip_s: float | None = None, *, lag_s: float = 0.0) -> None:
        """Our ping and its pong."""
        took_s = self.round_trip_s * self.dice.uniform(0.95, 1.1) if round_trip_s is None else round_trip_s
        self.control(at_s, "tx", 9)
        self.control(at_s + took_s, "rx", 10)
        sample = RttSample(
            at_ns=ns(at_s + took_s), kind="ws", round_trip_ns=to_ns(took_s), lag_ns=to_ns(lag_s), **self.who
        )
        self._passing.append(sample)

    def pings(self, until_s: float, every_s: float, since_s: float | None = None) -> None:
        """Pings at the engine's times: open + k x interval."""
        beat = 1 if since_s is None else int((since_s - self.opened_s) / every_s) + 1
        while (at_s := self.opened_s + beat * every_s) < until_s:
            self.ping(at_s)
            beat += 1

    def lost_ping(
        self,
        at_s: float,
        *,
        consecutive: int = 1,
        timeout_s: float = 10.0,
        kind: HeartbeatKind = "ws",
        lag_s: float = 0.0,
    ) -> None:
        """Our heartbeat, and no answer in time."""
        if kind == "ws":
            self.control(at_s, "tx", 9)
        else:
            self.message(at_s, "tx", b'{"type":"ping","id":"1"}')
        self._passing.append(
            HeartbeatMissed(
                at_ns=ns(at_s + timeout_s), kind=kind, consecutive=consecutive, waited_ns=to_ns(timeout_s),
                lag_ns=to_ns(lag_s), **self.who,
            )
        )  # fmt: skip

    def late_pong(self, at_s: float, took_s: float) -> None:
        """The pong to a ping that had counted as missed."""
        self.control(at_s + took_s, "rx", 10)
        self._passing.append(
            RttSample(at_ns=ns(at_s + took_s), kind="ws", round_trip_ns=to_ns(took_s), late=True, **self.who)
        )

    def answered(self, at_s: float, took_s: float) -> None:
        """An application heartbeat and its answer."""
        self.message(at_s, "tx", b'{"type":"ping","id":"1"}')
        self.message(at_s + took_s, "rx", b'{"type":"pong","id":"1"}')
        self._passing.append(RttSample(at_ns=ns(at_s + took_s), kind="app", round_trip_ns=to_ns(took_s), **self.who))

    def kernel(self, at_s: float, *, unacked: int = 0, retransmits: int = 0, total: int = 0, unsent: int = 0,
               not_sent: int = 0, rtt_s: float | None = None) -> None:  # fmt: skip
        rtt_ns = to_ns(rtt_s if rtt_s is not None else self.round_trip_s)
        self._passing.append(
            TcpSample(
                at_ns=ns(at_s), rtt_ns=rtt_ns, rtt_var_ns=0, min_rtt_ns=rtt_ns, unacked=unacked,
                retransmits=retransmits, total_retransmits=total, unsent_bytes=unsent,
                not_sent_bytes=not_sent, **self.who,
            )
        )  # fmt: skip

    def kernel_until(self, since_s: float, until_s: float, **facts: Any) -> None:
        """A sample each second."""
        at_s = since_s
        while at_s < until_s:
            self.kernel(at_s, **facts)
            at_s += 1.0

    def network(self, at_s: float, old: str = "10.0.0.2", new: str = "192.168.7.2") -> None:
        self.history.events.append(NetworkChanged(at_ns=ns(at_s), old_address=old, new_address=new, **self.who))

    def disrupt(self, at_s: float, kind: str) -> None:
        self.history.events.append(Disruption(at_ns=ns(at_s), kind=kind, phase="started", **self.who))

    # The end

    def close(self, at_s: float, **changes: Any) -> None:
        """The connection ends at `at_s`, by a FIN of the peer but for `changes`; later traffic did not happen."""
        at_ns = ns(at_s)
        self.history.events += [event for event in self._passing if event.at_ns <= at_ns]
        facts: dict[str, Any] = {
            "by": None, "initiator": "peer", "mechanism": "fin", "received_code": None, "received_reason": None,
            "sent_code": None, "sent_reason": None, "clean": False, "forced": None,
            "life_ns": to_ns(at_s - self.opened_s),
            "silence_rx_ns": to_ns(at_s - _last(self._rx_s, at_s)),
            "silence_tx_ns": to_ns(at_s - _last(self._tx_s, at_s)),
        }  # fmt: skip
        verdict = Verdict(**(facts | changes))
        if verdict.received_code is not None:
            payload = verdict.received_code.to_bytes(2, "big") + (verdict.received_reason or "").encode()
            self.history.events.append(Control(at_ns=at_ns, direction="rx", opcode=8, payload=payload, **self.who))
        self.history.events.append(ConnectionClosed(at_ns=at_ns, verdict=verdict, **self.who))
        self._state_at(at_s, State.BACKOFF)
        self._passing = []
        self.now_s = at_s

    def close_code(self, at_s: float, code: int, reason: str = "") -> None:
        """The peer sends Close, and we answer."""
        self.close(
            at_s, mechanism="close_frame", received_code=code, received_reason=reason, sent_code=code, clean=True
        )

    def stop(self, at_s: float) -> None:
        """We close because somebody told us to."""
        self.close(
            at_s, by="stop", initiator="local", mechanism="close_frame", sent_code=1000, received_code=1000, clean=True
        )

    def give_up(self, at_s: float) -> None:
        """Our heartbeat gave up."""
        self.close(
            at_s, by="heartbeat", initiator="local", mechanism="timeout", sent_code=4000, sent_reason="heartbeat"
        )

    def stay(self) -> None:
        """The history ends with the connection open: what was collected did happen."""
        self.history.events += self._passing
        self._passing = []

    def silent_since(self, limit_s: float, direction: str, until_s: float) -> float | None:
        """When a silence of `limit_s` is first reached, in this direction (`rx`, `tx`, `both`), if it is."""
        times = {"rx": self._rx_s, "tx": self._tx_s}.get(direction, [*self._rx_s, *self._tx_s])
        ordered = sorted(times)
        for earlier, later in zip(ordered, [*ordered[1:], until_s], strict=True):
            if later - earlier > limit_s:
                return earlier + limit_s
        return None

    def note(self, sample: RttSample) -> None:
        """A round trip, where ping and pong were passed one by one."""
        self._passing.append(sample)

    def _pass(self, event: Message | Control, at_s: float) -> None:
        self._passing.append(event)
        (self._rx_s if event.direction == "rx" else self._tx_s).append(at_s)
        self.now_s = max(self.now_s, at_s)

    def _phase(self, at_s: float, phase: Phase, took_s: float, detail: dict[str, str] | None = None) -> None:
        event = PhaseDone(at_ns=ns(at_s), phase=phase, duration_ns=to_ns(took_s), detail=detail or {}, **self.who)
        self.history.events.append(event)

    def _state_at(self, at_s: float, new: State) -> None:
        self.history.events.append(StateChanged(at_ns=ns(at_s), old=self._state, new=new, **self.who))
        self._state = new


def _last(times_s: list[float], at_s: float) -> float:
    """The latest time before `at_s`."""
    ordered = sorted(times_s)
    return ordered[max(0, bisect_right(ordered, at_s - 1e-9) - 1)]
