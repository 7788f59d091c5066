"""What a run asks of its probe, and when it ends; against a probe that says what the test says, at its time."""

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from wsmonitor.cli.measuring.door import CommandRefused, Door
from wsmonitor.cli.measuring.run import Plan, PlannedDisruption, measure
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ProbeLost, ProbeStarted, State, StateChanged
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, to_ns

PLAN = Plan([EndpointConfig(name="a", url="ws://a", connections=2), EndpointConfig(name="b", url="ws://b")])
START_NS = 1_000 * NS


class Scripted(ProbeClient):
    """A probe in virtual time: it says each event at its own time, and notes what it is asked and when."""

    def __init__(self, *script: AnyEvent, starts: bool = True) -> None:
        super().__init__()
        self.now_ns = START_NS
        self.asked: list[tuple[float, str]] = []
        self.last: list[AnyEvent] = []
        self.refuses: type[channel.Command] | None = None
        self._script = [*([ProbeStarted(at_ns=START_NS, pid=1)] if starts else []), *script]
        self._has_quit = False

    def clock(self) -> int:
        return self.now_ns

    def wait(self, timeout_s: float) -> bool:
        end_ns = self.now_ns + to_ns(timeout_s)
        self.now_ns = max(self.now_ns, min([end_ns, *(event.at_ns for event in self._script[:1])]))
        return self._has_quit or bool(self._script and self._script[0].at_ns <= self.now_ns)

    def take(self) -> list[AnyEvent]:
        if self._has_quit:
            last, self.last = self.last, []
            return last
        due = [event for event in self._script if event.at_ns <= self.now_ns]
        self._script = self._script[len(due) :]
        return due

    def command(self, command: channel.Command) -> "Future[channel.Done]":
        words = [type(command).__name__, getattr(command, "endpoint", ""), getattr(command, "kind", "")]
        self.asked.append(((self.now_ns - START_NS) / NS, " ".join(filter(None, words))))
        answer: Future[channel.Done] = Future()
        if self.refuses is not None and isinstance(command, self.refuses):
            answer.set_exception(WsmonitorError("refused"))
        else:
            answer.set_result(channel.Done(command_id=0))
        return answer

    def quit(self, within_s: float = 1.0) -> None:
        self.asked.append(((self.now_ns - START_NS) / NS, f"quit within {within_s:g} s"))
        self._has_quit = True

    @property
    def is_running(self) -> bool:
        return not self._has_quit or len(self.last) > 1

    def close(self, timeout_s: float = 2.0) -> None:
        self._has_quit = True


def at(seconds: float) -> int:
    return START_NS + to_ns(seconds)


def changed(
    seconds: float, endpoint: str, new: State, *, slot: int = 0, retry_in_ns: int | None = None
) -> StateChanged:
    return StateChanged(
        at_ns=at(seconds), endpoint=endpoint, slot=slot, old=State.IDLE, new=new, retry_in_ns=retry_in_ns
    )


def run(
    plan: Plan, client: Scripted, *, is_enough: Callable[[], bool] = lambda: False, door: Door | None = None
) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    door = door or Door(client)
    door.connect(plan.endpoints)
    measure(plan, door, events.extend, is_enough=is_enough, clock=client.clock)
    return events


def test_the_duration_counts_from_the_first_dial() -> None:
    client = Scripted(changed(3, "a", State.RESOLVING))

    run(Plan(PLAN.endpoints, duration_s=2), client)

    assert [what for _, what in client.asked[:4]] == [
        *("AddEndpoint", "ConnectEndpoint a"),
        *("AddEndpoint", "ConnectEndpoint b"),
    ]
    assert client.asked[4:] == [(5, "quit within 1 s")]


def test_a_run_ends_early_once_every_slot_has_stopped_for_good() -> None:
    client = Scripted(
        changed(1, "a", State.STOPPED),
        changed(2, "b", State.FAILED, retry_in_ns=NS),
        changed(3, "a", State.FAILED, slot=1),
        changed(4, "b", State.RESOLVING),
        changed(5, "b", State.STOPPED),
    )

    run(Plan(PLAN.endpoints, duration_s=30), client)

    assert client.asked[-1] == (5, "quit within 1 s")


def test_disconnects_are_forced_on_every_endpoint_at_their_time() -> None:
    planned = (
        PlannedDisruption("tcp_reset", "", 2),
        PlannedDisruption("stall", "3", 1.02),
        PlannedDisruption("x", "", 9),
    )
    client = Scripted(changed(0.5, "a", State.RESOLVING))

    run(Plan(PLAN.endpoints, duration_s=3, disruptions=planned), client)

    assert client.asked[4:] == [
        (1.52, "Disrupt a stall"),
        (1.52, "Disrupt b stall"),
        (2.5, "Disrupt a tcp_reset"),
        (2.5, "Disrupt b tcp_reset"),
        (3.5, "quit within 1 s"),
    ]


def test_what_is_said_until_the_probe_has_ended_is_taken_to_the_last_event() -> None:
    client = Scripted(changed(0, "a", State.RESOLVING))
    client.last = [changed(2, "a", State.STOPPED), changed(2, "b", State.STOPPED)]

    events = run(Plan(PLAN.endpoints, duration_s=1), client)

    assert len(events) == 4


def test_a_probe_is_not_taken_for_silent_while_what_it_said_is_looked_at() -> None:
    client = Scripted(changed(0, "a", State.RESOLVING))
    ends: list[list[AnyEvent]] = [[changed(seconds, name, State.STOPPED) for name in "ab"] for seconds in (2, 3, 4)]
    taken: list[AnyEvent] = []

    def take_long(events: list[AnyEvent]) -> None:
        taken.extend(events)
        if events in ends[:2]:
            client.now_ns += 60 * NS
            client.last = ends[ends.index(events) + 1]

    client.last = ends[0]
    door = Door(client)
    door.connect(PLAN.endpoints)
    measure(Plan(PLAN.endpoints, duration_s=1), door, take_long, clock=client.clock)

    assert taken[-6:] == [event for end in ends for event in end]


def test_an_interrupted_run_closes_in_a_hurry() -> None:
    client = Scripted()
    door = Door(client)
    door.is_interrupted = True

    run(PLAN, client, door=door)

    assert client.asked[-1][1] == "quit within 0.5 s"


def test_whoever_has_seen_enough_ends_a_run() -> None:
    client = Scripted()

    run(PLAN, client, is_enough=lambda: client.now_ns > at(1))

    assert client.asked[-1][0] == pytest.approx(1, abs=0.1)


def test_a_probe_that_never_starts_is_an_error_and_one_that_ends_later_is_remembered() -> None:
    with pytest.raises(WsmonitorError, match="does not start: no memory"):
        run(PLAN, Scripted(ProbeLost(at_ns=at(1), reason="no memory"), starts=False))
    client = Scripted(ProbeLost(at_ns=at(1), reason="killed"))
    door = Door(client)

    run(PLAN, client, door=door, is_enough=lambda: client.now_ns > at(2))

    assert door.lost == "killed"


def test_a_command_that_is_refused_ends_a_run() -> None:
    client = Scripted()
    client.refuses = channel.AddEndpoint

    with pytest.raises(CommandRefused, match="refused"):
        run(PLAN, client)
