"""What the tap itself may have added to a round trip is no fact about the server or the way to it."""

from tests.corpus.history import ns
from tests.corpus.tapped_session import NAME, Session
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.host_record import HostRecord
from wsmonitor.diagnosis.rules.round_trips import is_ours
from wsmonitor.facts.event import EndpointEvent
from wsmonitor.facts.events import RttSample
from wsmonitor.facts.own_troubles import Surroundings
from wsmonitor.facts.tap_events import TapCost
from wsmonitor.settings.endpoint_settings import to_ns


def session_with(round_trip_s: float, dwell_p99_s: float) -> Session:
    session = Session()
    client = session.client()
    client.open(0)
    p99_ns = to_ns(dwell_p99_s)
    session.events.append(
        TapCost(at_ns=ns(1), endpoint=NAME, p50_ns=p99_ns // 2, p99_ns=p99_ns, max_ns=p99_ns, chunks=9)
    )
    client.say(RttSample, 2, kind="ws", round_trip_ns=to_ns(round_trip_s), lag_ns=0)
    return session


def is_told_as_ours(session: Session) -> bool:
    evidence = Evidence(session.config, Surroundings(), HostRecord("h"))
    for event in session.stated():
        assert isinstance(event, EndpointEvent)
        evidence.feed(event)
    [record] = evidence.live
    return is_ours(record.round_trips[-1])


def test_a_round_trip_of_about_what_bytes_stay_in_the_tap_is_ours() -> None:
    assert is_told_as_ours(session_with(0.010, 0.008))


def test_one_that_is_much_longer_is_not() -> None:
    assert not is_told_as_ours(session_with(0.100, 0.008))


def test_what_the_tap_adds_is_shown_with_the_tap() -> None:
    session = session_with(0.010, 0.008)
    analyzer = Analyzer(ns(0), 0)
    analyzer.add_endpoint(session.config)
    analyzer.feed(session.stated())

    view = analyzer.snapshot(ns(3)).endpoints[0].tap

    assert view is not None
    assert view.dwell_p99_ns == to_ns(0.008)
