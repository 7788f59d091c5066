"""Rules about the client before a tap, each beside what it must not be taken for."""

from typing import Any

from tests.corpus.history import ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    Disruption,
    HeartbeatMissed,
    Message,
    OpenFailed,
    OutboxChanged,
    RttSample,
    State,
    StateChanged,
    Verdict,
)
from wsmonitor.facts.tap_events import TapOpened
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, TapConfig, to_ns

NAME = "tap"


class Client:
    """One slot of a tap, second by second."""

    def __init__(self, session: "Session", slot: int, pid: int) -> None:
        self.session = session
        self.slot = slot
        self.pid = pid
        self.opened_s = 0.0
        self.connection = 0

    @property
    def who(self) -> dict[str, Any]:
        return {"endpoint": NAME, "slot": self.slot, "connection": self.connection}

    def say(self, fact: type[Any], at_s: float, /, **fields: Any) -> None:
        self.session.events.append(fact(at_ns=ns(at_s), **self.who, **fields))

    def ask(self, at_s: float) -> None:
        self.say(StateChanged, at_s, old=State.IDLE, new=State.RESOLVING)

    def open(self, at_s: float) -> None:
        self.ask(at_s)
        self.session.connections += 1
        self.connection = self.session.connections
        self.opened_s = at_s
        self.say(StateChanged, at_s, old=State.RESOLVING, new=State.OPEN)
        self.say(TapOpened, at_s, client_address="127.0.0.1:1", pid=self.pid, process="node")

    def refused(self, at_s: float, status: int, retry_after_s: float | None = None) -> None:
        self.ask(at_s)
        retry = None if retry_after_s is None else to_ns(retry_after_s)
        self.say(
            OpenFailed, at_s, phase="http", error=f"HTTP {status}", duration_ns=1, status=status, retry_after_ns=retry
        )
        self.say(StateChanged, at_s, old=State.UPGRADING, new=State.IDLE)

    def send(self, at_s: float) -> None:
        self.say(Message, at_s, direction="tx", opcode=1, size_bytes=4, wire_bytes=10, payload=b"beat")

    def close_frame(self, at_s: float, direction: str, code: int = 1011) -> None:
        self.say(Control, at_s, direction=direction, opcode=8, payload=code.to_bytes(2, "big"))

    def waits(self, at_s: float, size_bytes: int) -> None:
        self.say(OutboxChanged, at_s, depth=0, bytes=size_bytes, direction="rx")

    def end(self, at_s: float, *, by_client: bool = False, code: int | None = None, forced: str | None = None) -> None:
        verdict = Verdict(
            by="disruption" if forced else None,
            initiator="local" if by_client else "peer",
            mechanism="close_frame" if code is not None else "fin",
            received_code=code,
            received_reason="" if code is not None else None,
            sent_code=None,
            sent_reason=None,
            clean=False,
            life_ns=to_ns(at_s - self.opened_s),
            silence_rx_ns=NS,
            silence_tx_ns=NS,
            forced=forced,
            tapped=True,
        )
        self.say(ConnectionClosed, at_s, verdict=verdict)
        self.say(StateChanged, at_s, old=State.CLOSING, new=State.IDLE)


class Session:
    """What a tap stated, and what is found in it."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.connections = 0

    def client(self, slot: int = 0, pid: int = 100) -> Client:
        return Client(self, slot, pid)

    def found(self) -> set[str]:
        """The rules about clients that claim something."""
        analyzer = Analyzer(ns(0), 0)
        analyzer.add_endpoint(EndpointConfig(name=NAME, url="ws://h/", tap=TapConfig()))
        analyzer.feed(sorted(self.events, key=lambda event: event.at_ns))
        [summary] = analyzer.summary(max(event.at_ns for event in self.events))
        return {one.rule for one in summary.findings if one.pending is None} & RULES_OF_TAPS


RULES_OF_TAPS = {
    "sends_after_close",
    "ignores_the_answer",
    "hammers",
    "client_ignores_pings",
    "client_does_not_read",
    "never_closes_the_old",
}


def test_beats_after_the_servers_close_are_sent_into_the_void() -> None:
    session = Session()
    client = session.client()
    client.open(0)
    client.close_frame(10, "rx")
    client.send(11)
    client.end(13, code=1011)

    assert session.found() == {"sends_after_close"}


def test_a_message_after_the_clients_own_close_is_never_right() -> None:
    session = Session()
    client = session.client()
    client.open(0)
    client.close_frame(10, "tx", 1000)
    client.send(10.01)
    client.end(11, by_client=True, code=1000)

    assert session.found() == {"sends_after_close"}


def test_a_message_that_crosses_the_servers_close_was_on_its_way() -> None:
    session = Session()
    client = session.client()
    client.open(0)
    client.close_frame(10, "rx")
    client.send(10.1)
    client.end(11, code=1011)

    assert session.found() == set()


def test_messages_after_a_close_that_a_fault_sent_are_forced() -> None:
    session = Session()
    client = session.client()
    client.open(0)
    client.say(Disruption, 9, kind="close", phase="started")
    client.close_frame(10, "rx")
    client.send(12)
    client.end(13, forced="close")

    assert session.found() == set()


def lives(gaps_s: list[float], code: int | None = None) -> Session:
    """Connections of 10 s with these pauses between them."""
    session = Session()
    client = session.client()
    at_s = 0.0
    client.open(at_s)
    for gap_s in gaps_s:
        client.end(at_s + 10, code=code)
        at_s += 10 + gap_s
        client.open(at_s)
    return session


def test_a_client_that_comes_back_at_once_hammers() -> None:
    assert lives([0.003, 0.004, 0.002, 0.003]).found() == {"hammers"}


def test_a_client_that_comes_back_at_once_after_a_server_that_goes_away_hammers() -> None:
    assert lives([0.003, 0.004, 0.002, 0.003], code=1001).found() == {"hammers"}


def test_a_client_that_begins_anew_after_a_normal_end_does_not() -> None:
    assert lives([0.003, 0.004, 0.002, 0.003], code=1000).found() == set()


def test_a_client_that_waits_longer_each_time_does_not() -> None:
    assert lives([0.05, 0.4, 1.1, 2.3, 4.0]).found() == set()


def test_a_client_that_comes_back_after_a_refused_token_does_not_heed_it() -> None:
    assert lives([1.0, 2.0, 4.0], code=1008).found() == {"ignores_the_answer"}


def test_a_client_that_comes_back_after_a_restart_is_right() -> None:
    assert lives([1.0, 2.0, 4.0], code=1012).found() == set()


def refusals(status: int, retry_after_s: float | None, gap_s: float) -> Session:
    session = Session()
    client = session.client()
    for number in range(5):
        client.refused(number * gap_s, status, retry_after_s)
    return session


def test_coming_back_before_retry_after_is_over_does_not_heed_it() -> None:
    assert refusals(503, 10, 1).found() == {"ignores_the_answer"}


def test_waiting_as_long_as_retry_after_says_is_right() -> None:
    assert refusals(503, 10, 10.5).found() == set()


def test_an_old_connection_that_is_never_used_again_was_forgotten() -> None:
    session = Session()
    old, new = session.client(0), session.client(1)
    for start_s in (0, 100):
        old.open(start_s)
        old.send(start_s + 1)
        new.open(start_s + 10)
        new.send(start_s + 11)
        old.end(start_s + 40)
        new.end(start_s + 60)

    assert session.found() == {"never_closes_the_old"}


def test_two_connections_that_are_both_used_are_meant() -> None:
    session = Session()
    old, new = session.client(0), session.client(1)
    for start_s in (0, 100):
        old.open(start_s)
        new.open(start_s + 10)
        new.send(start_s + 11)
        old.send(start_s + 20)
        old.end(start_s + 40)
        new.end(start_s + 60)

    assert session.found() == set()


def test_connections_of_two_processes_are_two_clients() -> None:
    session = Session()
    old, new = session.client(0, pid=1), session.client(1, pid=2)
    for start_s in (0, 100):
        old.open(start_s)
        new.open(start_s + 10)
        old.end(start_s + 40)
        new.end(start_s + 60)

    assert session.found() == set()


def missed_pings(number: int) -> Session:
    session = Session()
    client = session.client()
    client.open(0)
    for step in range(number):
        client.say(
            HeartbeatMissed, 20.0 * (step + 1), kind="client", consecutive=step + 1, waited_ns=to_ns(10), lag_ns=0
        )
    return session


def test_a_client_that_answers_no_ping_is_deaf() -> None:
    assert missed_pings(3).found() == {"client_ignores_pings"}


def test_a_client_that_ever_answered_is_not() -> None:
    session = missed_pings(3)
    session.client().say(RttSample, 5, kind="client", round_trip_ns=1)

    assert session.found() == set()


def backlog(for_s: float) -> Session:
    session = Session()
    client = session.client()
    client.open(0)
    client.waits(10, 100_000)
    client.waits(10 + for_s, 0)
    client.end(60)
    return session


def test_a_client_that_does_not_read_for_seconds_is_told() -> None:
    assert backlog(5).found() == {"client_does_not_read"}


def test_a_moment_of_waiting_is_nothing() -> None:
    assert backlog(1).found() == set()
