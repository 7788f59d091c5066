"""The interesting minutes exist even when nobody pressed record, and cost bounded memory."""

from pathlib import Path

from msgspec.structs import replace

from tests.analysis.facts import NAME, START_NS, WALL_NS, closed, dropped, message, ns, opened, queued, rtt
from tests.recording.session import ENDPOINTS
from wsmonitor.facts.events import AlertChanged, AnyEvent, ClockAnchor, Note, ProbeLost, StateChanged
from wsmonitor.recording import FlightRecorder, Replay, save
from wsmonitor.recording.flight.flight import FlightOptions


def flight(*events: AnyEvent, options: FlightOptions | None = None) -> FlightRecorder:
    made = FlightRecorder(START_NS, WALL_NS, options)
    for config in ENDPOINTS:
        made.add_endpoint(config)
    made.feed(events)
    return made


def beats(start_s: int, end_s: int) -> list[AnyEvent]:
    return [rtt(at_s, 5.0) for at_s in range(start_s, end_s)]


def test_an_unforced_closure_keeps_the_seconds_before_and_after_it() -> None:
    recorder = flight(opened(1), *beats(2, 100), closed(100.5), *beats(101, 120))

    (clip,) = recorder.clips()
    times = [(event.at_ns - START_NS) / 1e9 for event in clip.excerpt.events]
    assert (times[0], times[-1]) == (86.0, 105.0)
    assert clip.closures == (closed(100.5),)


def test_the_whole_captured_frames_are_kept() -> None:
    recorder = flight(message(99, payload=b"x" * 4000), closed(100), *beats(101, 120))

    (clip,) = recorder.clips()
    assert clip.excerpt.events[0] == message(99, payload=b"x" * 4000)


def test_forced_and_asked_for_endings_keep_nothing() -> None:
    recorder = flight(closed(10, forced="tcp_reset", by="disruption"), closed(20, by="stop"), *beats(21, 60))

    assert recorder.clips() == ()


def test_a_clip_knows_what_held_when_it_begins() -> None:
    recorder = flight(opened(1, connection=4), *beats(2, 100), closed(100.5), *beats(101, 120))

    (clip,) = recorder.clips()
    assert clip.excerpt.context == (opened(1, connection=4),)
    assert clip.excerpt.start_ns == ns(85.5)


def test_nothing_of_before_a_lost_probe_still_holds_after_it() -> None:
    lost = ProbeLost(at_ns=ns(5), reason="killed")
    before: list[AnyEvent] = [opened(1), queued(2, 3), lost]
    recorder = flight(*before, *beats(6, 400), options=FlightOptions(keep_s=60))

    context = recorder.recent().context

    assert context == (lost,)


def test_a_clip_is_about_its_endpoint() -> None:
    recorder = flight(opened(99, name="chat"), rtt(99.5, 1.0, name="chat"), closed(100), *beats(101, 120))

    (clip,) = recorder.clips()
    assert {event.endpoint for event in clip.excerpt.events if hasattr(event, "endpoint")} == {NAME}
    assert [config.name for config in clip.excerpt.endpoints] == [NAME]


def test_messages_without_events_are_kept_with_their_own_endpoint_only() -> None:
    ours, theirs = dropped(98, 99, received=7), dropped(98, 99, received=9, name="chat")
    both = replace(ours, count=16, unlisted=(*theirs.unlisted, *ours.unlisted))

    (clip,) = flight(both, closed(100), *beats(101, 120)).clips()

    assert clip.excerpt.events[0] == replace(ours, count=16)


def test_a_clip_that_still_runs_comes_as_it_is() -> None:
    recorder = flight(rtt(99, 1.0), closed(100), rtt(101, 1.0))

    (clip,) = recorder.clips()
    assert len(clip.excerpt.events) == 3


def test_closures_in_quick_succession_share_a_clip() -> None:
    recorder = flight(*(closed(100 + number) for number in range(5)), *beats(110, 120))

    (clip,) = recorder.clips()
    assert len(clip.closures) == 5


def test_one_endpoint_that_drops_all_the_time_leaves_room_for_another() -> None:
    storm = [closed(60.0 * number) for number in range(1, 50)]
    recorder = flight(closed(1, name="chat"), *storm, options=FlightOptions(clips=3))

    endpoints = [clip.closures[0].endpoint for clip in recorder.clips()]
    assert endpoints == ["chat", NAME, NAME, NAME, NAME]  # the newest one still runs


def test_clips_are_bounded_in_bytes() -> None:
    options = FlightOptions(clips_limit_bytes=100_000)
    events: list[AnyEvent] = []
    for number in range(1, 9):
        events += [
            message(60.0 * number, payload=b"x" * 40_000),
            closed(60.0 * number + 1),
            rtt(60.0 * number + 10, 1.0),
        ]

    recorder = flight(*events, options=options)

    assert len(recorder.clips()) == 2


def test_only_the_last_minutes_are_kept() -> None:
    recent = flight(opened(1), *beats(2, 1000), options=FlightOptions(keep_s=60)).recent()

    assert recent.start_ns == recent.events[0].at_ns == ns(939)
    assert recent.context == (opened(1),)


def test_memory_is_bounded_where_messages_are_large() -> None:
    messages = [message(number / 10, payload=b"x" * 10_000) for number in range(1000)]
    recent = flight(*messages, options=FlightOptions(limit_bytes=200_000)).recent()

    assert 15 <= len(recent.events) <= 20


def test_what_is_kept_can_be_saved_and_opened(tmp_path: Path) -> None:
    anchor = ClockAnchor(at_ns=ns(0.5), wall_ns=WALL_NS + 700_000_000)
    recorder = flight(anchor, opened(1), *beats(2, 100), closed(100.5), *beats(101, 120))

    save(tmp_path / "clip.wsmon", recorder.clips()[0].excerpt)

    with Replay(tmp_path / "clip.wsmon") as replay:
        events = [event for batch in replay.batches() for event in batch]
        assert isinstance(events[1], StateChanged)
        assert (replay.start_ns, replay.wall_ns - replay.start_ns) == (ns(85.5), anchor.wall_ns - anchor.at_ns)
        assert replay.problems == []


def test_a_recording_that_begins_late_has_the_notes_that_were_written_before() -> None:
    note = Note(at_ns=ns(5), text="deployed 1.4", moment_ns=ns(4))
    recorder = flight(opened(1), note, *beats(6, 400), options=FlightOptions(keep_s=60))

    assert note in recorder.recent().context


def test_a_recording_that_begins_late_has_the_alerts_that_stand() -> None:
    slow = AlertChanged(at_ns=ns(5), endpoint=NAME, rule="slow", raised=True, text="p99 above 200 ms")
    often = replace(slow, rule="often")
    over = replace(often, at_ns=ns(6), raised=False)
    recorder = flight(opened(1), slow, often, over, *beats(6, 400), options=FlightOptions(keep_s=60))

    assert [event for event in recorder.recent().context if isinstance(event, AlertChanged)] == [slow]
