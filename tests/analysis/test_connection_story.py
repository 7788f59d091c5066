"""One connection from its dial to its end, as text: phases, frames, silences, what two ends differ in."""

from tests.analysis.facts import NAME, START_NS, WALL_NS, message, missed, ms, ns, opened, state
from tests.facts.builders import verdict
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.connection_story import (
    FRAMES,
    ConnectionStory,
    Fact,
    compared_lines,
    differing,
    only_in,
    story_of,
)
from wsmonitor.analysis.snapshot import Ended
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, OpenFailed, PhaseDone, State


def connection(number: int, at_s: float, *more: AnyEvent, life_s: float = 10) -> list[AnyEvent]:
    """Dialled at `at_s`, open 60 ms later, ended `life_s` after that."""
    return [
        state(at_s, State.RESOLVING, old=State.IDLE),
        PhaseDone(at_ns=ns(at_s + 0.01), endpoint=NAME, phase="dns", duration_ns=ms(10)),
        PhaseDone(at_ns=ns(at_s + 0.03), endpoint=NAME, phase="tcp", duration_ns=ms(20)),
        PhaseDone(at_ns=ns(at_s + 0.06), endpoint=NAME, phase="http", duration_ns=ms(30)),
        opened(at_s + 0.06, connection=number),
        *more,
        ConnectionClosed(
            at_ns=ns(at_s + 0.06 + life_s),
            endpoint=NAME,
            connection=number,
            verdict=verdict(life_ns=round(life_s * 1e9)),
        ),
    ]


def stories(*events: AnyEvent) -> list[ConnectionStory]:
    analyzer = Analyzer(START_NS, WALL_NS)
    analyzer.feed(events)
    snapshot = analyzer.snapshot(events[-1].at_ns)
    everything: list[Ended] = [*snapshot.closures, *snapshot.failures]
    return [story_of(ended, snapshot) for ended in everything]


def test_the_opening_is_its_phases_and_the_wait_for_the_first_message() -> None:
    (story,) = stories(*connection(1, 1, message(1.16, direction="rx", connection=1)))

    assert [(step.name, step.start_ns, step.duration_ns) for step in story.steps] == [
        ("DNS", 0, ms(10)),
        ("TCP", ms(10), ms(20)),
        ("upgrade", ms(30), ms(30)),
        ("first message", ms(60), ms(100)),
    ]


def test_the_phases_of_another_opening_are_not_told() -> None:
    first, second = stories(*connection(1, 1), *connection(2, 20))

    assert [step.start_ns for step in first.steps] == [step.start_ns for step in second.steps]
    assert len(second.steps) == 3


def test_silences_stand_between_the_frames_and_before_the_end() -> None:
    frames = [message(2, direction="tx", connection=1), message(2.1, direction="rx", connection=1)]
    late = missed(7, connection=1)

    (story,) = stories(*connection(1, 1, *frames, late))

    assert [(rung.side, rung.text) for rung in story.rungs if rung.side in ("silence", "opened")] == [
        ("opened", "open"),
        ("silence", "940 ms silence"),
        ("silence", "4.9 s silence"),
        ("silence", "4.1 s silence"),
    ]
    assert [rung.side for rung in story.rungs] == (
        ["opened", "silence", "sent", "received", "silence", "missed", "silence", "end"]
    )


def test_only_the_last_frames_are_shown() -> None:
    frames = [message(2 + number / 10, connection=1) for number in range(60)]

    (story,) = stories(*connection(1, 1, *frames))

    assert len([rung for rung in story.rungs if rung.side in ("sent", "received")]) == FRAMES
    assert "opened" not in [rung.side for rung in story.rungs]
    assert story.rungs[-1].side == "end"


def test_frames_of_other_connections_are_not_told() -> None:
    first, second = stories(
        *connection(1, 1, message(2, connection=1)), *connection(2, 20, message(21, connection=2), life_s=5)
    )

    assert [len([rung for rung in story.rungs if rung.side in ("sent", "received")]) for story in (first, second)] == [
        1,
        1,
    ]


def test_a_failed_opening_says_how_far_it_came() -> None:
    (story,) = stories(
        state(1, State.RESOLVING, old=State.IDLE),
        PhaseDone(at_ns=ns(1.01), endpoint=NAME, phase="dns", duration_ns=ms(10)),
        OpenFailed(
            at_ns=ns(1.5),
            endpoint=NAME,
            phase="tcp",
            error="refused by ws://localhost/?token=s3cret",
            duration_ns=ms(500),
            status=None,
        ),
    )

    assert [step.name for step in story.steps] == ["DNS"]
    assert Fact("failed in", "tcp") in story.facts
    assert not any("s3cret" in line for line in story.lines)


def test_two_ends_are_compared_fact_by_fact() -> None:
    first, second = stories(*connection(1, 1), *connection(2, 20, life_s=5))

    differs = {name: is_other for name, _, _, is_other in differing(first, second)}

    assert differs["lived"]
    assert not differs["opening"]


def test_durations_that_are_nearly_alike_are_no_difference() -> None:
    first, second = stories(*connection(1, 1, life_s=75.4), *connection(2, 100, life_s=75.5))

    assert {name: is_other for name, _, _, is_other in differing(first, second)}["lived"] is False


def test_what_only_one_ladder_has_is_marked_and_said() -> None:
    first, second = stories(*connection(1, 1, message(2, direction="tx", connection=1)), *connection(2, 20))

    (number,) = only_in(first, second)

    assert first.rungs[number].side == "sent"
    assert any(line.startswith("≠ only in #1: text") for line in compared_lines(first, second))
    assert only_in(second, first) == frozenset()


def test_the_text_has_title_phases_ladder_and_explanation() -> None:
    (story,) = stories(*connection(1, 1, message(2, direction="tx", connection=1)))

    text = "\n".join(story.lines)

    assert text.startswith(story.title)
    assert "upgrade" in text
    assert "──▶ " in text
    assert " ✖ " in text
    assert "TCP: " in text
