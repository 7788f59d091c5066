"""What is not passed on is told: how much, and of messages whose, which way, and when."""

from tests.analysis.facts import NAME, dropped, message, ns, rtt
from wsmonitor.facts.events import SamplesDropped
from wsmonitor.facts.tally import Tally, only


def test_what_is_no_message_is_only_counted() -> None:
    tally = Tally()
    tally.add(rtt(1, 5.0))
    tally.count += 2

    assert tally.take(ns(3)) == SamplesDropped(at_ns=ns(3), count=3)
    assert tally.take(ns(4)) is None


def test_each_slot_has_one_entry_with_its_messages_in_both_directions() -> None:
    tally = Tally()
    tally.add(message(1, payload=b"12345", connection=1))
    tally.add(message(2, direction="tx", payload=b"123", connection=2))
    tally.add(message(3, payload=b"1", slot=1))

    told = tally.take(ns(4))

    assert told is not None
    first, second = told.unlisted
    assert (first.slot, first.connection, first.first_ns, first.last_ns) == (0, 2, ns(1), ns(2))
    assert (first.received, first.received_bytes, first.sent, first.sent_bytes) == (1, 5, 1, 3)
    assert (second.slot, second.received, second.received_bytes) == (1, 1, 1)
    assert told.count == 3


def test_word_that_is_not_passed_on_itself_is_told_with_the_rest() -> None:
    tally = Tally()
    tally.add(dropped(1, 2, received=5, sent=1))
    tally.add(message(2.5, payload=bytes(100), connection=1))
    tally.add(dropped(3, 4, received=7))

    assert tally.take(ns(4)) == SamplesDropped(
        at_ns=ns(4), count=14, unlisted=dropped(1, 4, received=13, sent=1).unlisted
    )


def test_only_some_endpoints_can_be_told_of() -> None:
    told = SamplesDropped(
        at_ns=0, count=3, unlisted=dropped(1, 2, received=1).unlisted + dropped(1, 2, received=2, name="x").unlisted
    )

    assert only(told, NAME.__eq__).unlisted == told.unlisted[:1]
    assert only(told, {NAME, "x"}.__contains__) is told
