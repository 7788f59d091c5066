"""What waits for a slow reader: bounded, and honest about what was lost."""

import time

from hypothesis import given
from hypothesis import strategies as st

from tests.probe.builders import changed, closed, lag, message, rtt, unlisted
from wsmonitor.engine.admission import FIRST_SHARE, Admission
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Message, PhaseDone, SamplesDropped, StateChanged
from wsmonitor.probe import channel
from wsmonitor.probe.outlet import EVENT_BYTES, Backlog

EVERYTHING = 10**9


def taken(backlog: Backlog) -> list[AnyEvent]:
    """All events that wait."""
    frames = backlog.take(0, EVERYTHING)
    return [event for frame in frames if isinstance(frame, channel.Batch) for event in frame.events]


def test_below_the_bound_everything_comes_out_in_order() -> None:
    backlog = Backlog()
    events: list[AnyEvent] = [rtt(1), message(b"hello", 2), changed(3), closed(4)]
    for event in events:
        backlog.add(event)

    assert taken(backlog) == events
    assert len(backlog) == 0


def test_past_the_bound_payloads_go_first_and_are_counted() -> None:
    backlog = Backlog(limit_bytes=100 * EVENT_BYTES)
    for number in range(10):
        backlog.add(message(bytes(20 * EVENT_BYTES), number))

    dropped, *events = taken(backlog)

    assert isinstance(dropped, SamplesDropped)
    assert len(events) == 10, "the messages themselves are all there"
    lost = sum(isinstance(event, Message) and not event.payload for event in events)
    assert dropped.count == lost > 0


def test_the_headers_that_peers_answer_with_count_as_what_they_take() -> None:
    detail = {f"x-{number}": "*" * 500 for number in range(32)}
    backlog = Backlog()
    for number in range(100):
        backlog.add(
            PhaseDone(endpoint="e", connection=1, slot=0, at_ns=number, phase="http", duration_ns=1, detail=detail)
        )

    frames = backlog.take(0, 256 * 1024)

    assert 0 < len(channel.encode(frames[0])) < 300 * 1024
    assert len(backlog) > 50


def test_then_the_oldest_samples_go_and_are_counted() -> None:
    backlog = Backlog(limit_bytes=100 * EVENT_BYTES)
    for number in range(1000):
        backlog.add(rtt(number))

    dropped, *events = taken(backlog)

    assert isinstance(dropped, SamplesDropped)
    assert dropped.count == 1000 - len(events)
    assert [event.at_ns for event in events] == list(range(1000 - len(events), 1000))


def test_where_payloads_are_dropped_fewer_are_let_in_from_then_on_and_where_samples_are_fewer_messages() -> None:
    backlog, admission = Backlog(limit_bytes=100 * EVENT_BYTES), Admission()

    for number in range(10):
        backlog.add(message(bytes(20 * EVENT_BYTES), number))
    backlog.refill(admission, 0)
    after_payloads = [sum(share.admits() for _ in range(1000)) for share in (admission.payloads, admission.messages)]
    for number in range(1000):
        backlog.add(rtt(number))
    backlog.refill(admission, 0)
    after_samples = sum(admission.messages.admits() for _ in range(1000))

    assert after_payloads == [FIRST_SHARE, 1000]
    assert after_samples == FIRST_SHARE


def test_what_was_let_by_is_said_in_its_place_among_the_events() -> None:
    backlog, admission = Backlog(), Admission()

    backlog.add(rtt(1))
    for at_ns in (2, 3, 5):
        admission.unlisted.message(message(), "rx", 100, at_ns)
    backlog.refill(admission, 6)
    backlog.add(rtt(7))

    before, told, after = taken(backlog)
    assert (before, after) == (rtt(1), rtt(7))
    assert told == SamplesDropped(at_ns=6, count=3, unlisted=(unlisted(2, 5, received=3, received_bytes=300),))


def test_of_dropped_messages_it_is_told_whose_they_were_how_many_how_large_and_when() -> None:
    backlog = Backlog(limit_bytes=10 * EVENT_BYTES)
    for number in range(100):
        backlog.add(message(bytes(7), number))

    told, *events = taken(backlog)

    dropped = 100 - len(events)
    assert isinstance(told, SamplesDropped)
    assert told.unlisted == (unlisted(0, dropped - 1, received=dropped, received_bytes=7 * dropped),)


def test_word_of_what_was_dropped_goes_into_word_of_more() -> None:
    backlog, admission = Backlog(limit_bytes=10 * EVENT_BYTES), Admission()
    for number in range(1000):
        admission.unlisted.message(message(), "rx", 5, number)
        backlog.refill(admission, number)

    events = taken(backlog)

    assert len(events) <= 6
    assert sum(one.received for event in events if isinstance(event, SamplesDropped) for one in event.unlisted) == 1000


def test_state_changes_and_closures_are_never_dropped() -> None:
    backlog = Backlog(limit_bytes=10 * EVENT_BYTES)
    for number in range(500):
        backlog.add(changed(number))
        backlog.add(rtt(number))
        backlog.add(closed(number))

    events = taken(backlog)

    assert [event.at_ns for event in events if isinstance(event, StateChanged)] == list(range(500))
    assert [event.at_ns for event in events if isinstance(event, ConnectionClosed)] == list(range(500))


def test_what_may_not_be_dropped_does_not_make_every_event_dear() -> None:
    backlog = Backlog(limit_bytes=1000 * EVENT_BYTES)
    began_s = time.monotonic()

    for number in range(50_000):
        backlog.add(changed(number))

    assert time.monotonic() - began_s < 2


def test_drops_are_said_once() -> None:
    backlog = Backlog(limit_bytes=10 * EVENT_BYTES)
    for number in range(100):
        backlog.add(rtt(number))
    taken(backlog)

    backlog.add(rtt())

    assert not any(isinstance(event, SamplesDropped) for event in taken(backlog))


def test_a_take_is_about_as_large_as_asked() -> None:
    backlog = Backlog()
    for number in range(100):
        backlog.add(rtt(number))

    (batch,) = backlog.take(0, 10 * EVENT_BYTES)

    assert isinstance(batch, channel.Batch)
    assert len(batch.events) == 10


def test_an_answer_does_not_overtake_the_events_before_it() -> None:
    backlog = Backlog()
    done = channel.Done(command_id=1)
    for item in (rtt(1), done, rtt(2), rtt(3)):
        backlog.add(item)

    frames = backlog.take(0, EVERYTHING)

    assert frames == [channel.Batch(events=[rtt(1)]), done, channel.Batch(events=[rtt(2), rtt(3)])]


def test_answers_are_never_dropped() -> None:
    backlog = Backlog(limit_bytes=10 * EVENT_BYTES)
    for number in range(100):
        backlog.add(channel.Done(command_id=number))
        backlog.add(rtt(number))

    frames = backlog.take(0, EVERYTHING)

    assert [frame.command_id for frame in frames if isinstance(frame, channel.Done)] == list(range(100))


@given(st.lists(st.sampled_from(["rtt", "lag", "message", "changed", "closed", "take"]), max_size=300))
def test_nothing_is_lost_without_being_counted(script: list[str]) -> None:
    make = {"rtt": rtt, "lag": lag, "changed": changed, "closed": closed, "message": lambda: message(bytes(400))}
    backlog, added, out = Backlog(limit_bytes=20 * EVENT_BYTES), 0, []

    for step in script:
        if step == "take":
            out += backlog.take(0, 5 * EVENT_BYTES)
        else:
            backlog.add(make[step]())  # type: ignore[operator]  # all of them make an event
            added += 1
    out += backlog.take(0, EVERYTHING)

    events = [event for frame in out if isinstance(frame, channel.Batch) for event in frame.events]
    dropped = sum(event.count for event in events if isinstance(event, SamplesDropped))
    passed = sum(not isinstance(event, SamplesDropped) for event in events)
    bare = sum(isinstance(event, Message) and not event.payload for event in events)
    uneventful = sum(one.received for event in events if isinstance(event, SamplesDropped) for one in event.unlisted)
    assert sum(isinstance(event, Message) for event in events) + uneventful == script.count("message")
    assert added - passed <= dropped
    assert bare <= dropped
    assert (dropped == 0) == (passed == added and bare == 0)
