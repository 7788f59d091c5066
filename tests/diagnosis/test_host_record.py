"""What the endpoints of one host have in common, however long it goes on."""

import pytest

from tests.analysis.facts import closed, ns
from wsmonitor.diagnosis.host_record import HostRecord
from wsmonitor.facts.events import ConnectionClosed
from wsmonitor.settings.endpoint_settings import NS


def ended(at_s: float, life_s: float, *, name: str = "voice") -> ConnectionClosed:
    return closed(at_s, life_ns=round(life_s * NS), name=name)


def test_the_rate_of_closures_is_that_of_the_lives_that_are_remembered() -> None:
    record = HostRecord("host")
    for number in range(300):
        record.closed(ended(number, life_s=1000.0))
    for number in range(300, 900):
        record.closed(ended(number, life_s=2.0))

    assert record.closures_per_ns(ns(900)) == pytest.approx(1 / (2.0 * NS))
    assert record.closures_per_ns(ns(900), "voice") == pytest.approx(1 / (2.0 * NS))


def test_what_is_open_counts_with_its_age_and_no_longer_once_it_is_gone() -> None:
    record = HostRecord("host")
    record.closed(ended(10, life_s=10.0))
    record.opened("voice", 0, ns(10))
    record.opened("chat", 0, ns(15))

    assert record.closures_per_ns(ns(20)) == pytest.approx(1 / (25.0 * NS))
    assert record.closures_per_ns(ns(20), "voice") == pytest.approx(1 / (20.0 * NS))

    record.gone("chat", 0)
    record.gone("chat", 0)

    assert record.closures_per_ns(ns(20)) == pytest.approx(1 / (20.0 * NS))


def test_closures_of_different_slots_within_two_seconds_are_a_crowd_and_of_the_same_slot_are_none() -> None:
    record = HostRecord("host")
    for number, name in enumerate("abc"):
        record.closed(ended(10 + number * 0.5, 5.0, name=name))
    (crowd,) = record.crowds

    assert (crowd.is_of_one_endpoint, crowd.width_ns, len(crowd.closures)) == (False, NS, 3)

    for number in range(3):
        record.closed(ended(20 + number * 0.5, 5.0, name="a"))
    for number, name in enumerate("abc"):
        record.closed(ended(30 + number * 1.5, 5.0, name=name))
    assert len(record.crowds) == 1
