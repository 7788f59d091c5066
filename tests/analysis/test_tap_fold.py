"""A tap: where it listens, who came, which faults are on."""

from tests.gui.story import at_ns
from tests.gui.tap.story import URL, analyzer_of, came, fault, listening
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import AnyEvent, ProbeLost, State, StateChanged


def views(*events: AnyEvent) -> tuple[EndpointView, ...]:
    return analyzer_of(*events).snapshot(at_ns(10)).endpoints


def faults(*events: AnyEvent) -> list[tuple[str, str]]:
    [view] = views(listening(), *events)
    assert view.tap is not None
    return [(one.kind, one.argument) for one in view.tap.faults]


def test_a_tap_has_the_url_for_clients_once_it_listens_and_only_as_long() -> None:
    stopped = StateChanged(at_ns=at_ns(5), endpoint="shop", old=State.IDLE, new=State.STOPPED, cause="stopped")

    urls = [
        view.tap.url
        for events in ((), (listening(),), (listening(), stopped), (listening(), ProbeLost(at_ns=at_ns(5), reason="")))
        for view in views(*events)
        if view.tap is not None
    ]

    assert urls == ["", URL, "", ""]


def test_every_slot_knows_its_client() -> None:
    first, second = views(listening(), *came(0, "node", 8121), *came(1, "chrome", 8200))

    assert [(view.client.process, view.client.pid) for view in (first, second) if view.client is not None] == [
        ("node", 8121),
        ("chrome", 8200),
    ]
    assert first.tap is not None
    assert first.tap.clients_seen == 2


def test_a_view_made_before_a_client_came_is_made_anew() -> None:
    analyzer = analyzer_of(listening())
    [before] = analyzer.snapshot(at_ns(1)).endpoints

    analyzer.feed([came(0, "node", 8121)[0]])

    [after] = analyzer.snapshot(at_ns(2)).endpoints
    assert before.client is None
    assert after.client is not None
    assert analyzer.snapshot(at_ns(3)).endpoints[0] is after


def test_faults_that_last_are_on_until_they_end() -> None:
    on = (fault("latency", "100ms"), fault("drop_pongs"))

    assert faults(*on) == [("latency", "100ms"), ("drop_pongs", "")]
    assert faults(*on, fault("latency", phase="ended")) == [("drop_pongs", "")]


def test_what_happens_once_is_never_on() -> None:
    assert faults(fault("reset")) == []


def test_a_fault_on_one_client_is_not_one_of_all() -> None:
    assert faults(fault("latency", "1s", shared=False)) == []


def test_a_fault_that_this_version_does_not_know_is_left_out() -> None:
    assert faults(fault("gremlins")) == []
