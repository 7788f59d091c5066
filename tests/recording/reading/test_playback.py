"""A recording played again: every event when its time has come."""

from tests.analysis.facts import START_NS, WALL_NS, closed, ns, rtt
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import Playback
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import NS


class Clock:
    def __init__(self) -> None:
        self.now_ns = 77 * NS

    def __call__(self) -> int:
        return self.now_ns

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * NS)


EVENTS: tuple[AnyEvent, ...] = tuple([rtt(float(at_s), 5.0) for at_s in range(1, 100)] + [closed(100)])


def playback(events: tuple[AnyEvent, ...] = EVENTS) -> tuple[Playback, Clock]:
    clock = Clock()
    return Playback(Excerpt(START_NS, WALL_NS, (), events), clock=clock), clock


def test_nothing_happens_before_play() -> None:
    player, clock = playback()
    clock.advance(10)

    assert (player.take(), player.position_ns, player.is_playing) == ([], START_NS, False)


def test_events_come_when_their_time_has_come() -> None:
    player, clock = playback()
    player.play()

    clock.advance(2.5)
    first = player.take()
    clock.advance(1)

    assert first == list(EVENTS[:2])
    assert player.take() == [EVENTS[2]]


def test_ten_times_as_fast_ten_seconds_pass_in_one() -> None:
    player, clock = playback()
    player.set_speed(10)
    player.play()
    clock.advance(1)

    assert player.position_ns == ns(10)
    assert len(player.take()) == 10


def test_a_change_of_speed_does_not_move_the_position() -> None:
    player, clock = playback()
    player.play()
    clock.advance(5)

    player.set_speed(100)

    assert player.position_ns == ns(5)


def test_speed_stays_within_1_and_100() -> None:
    player, _ = playback()

    player.set_speed(1000)
    fastest = player.speed
    player.set_speed(0)

    assert (fastest, player.speed) == (100, 1)


def test_a_pause_holds_the_position() -> None:
    player, clock = playback()
    player.play()
    clock.advance(5)
    player.pause()
    clock.advance(50)

    assert player.position_ns == ns(5)


def test_a_seek_forward_hands_out_what_lies_between() -> None:
    player, _ = playback()

    player.seek(ns(50))

    assert len(player.take()) == 50


def test_it_goes_on_anywhere_with_what_is_to_come_from_there() -> None:
    player, _ = playback()
    player.seek(ns(50))
    player.take()

    player.go_on(iter([list(EVENTS[10:])]), ns(10))
    at_once = player.take()
    player.seek(ns(20))

    assert (player.position_ns, at_once) == (ns(20), [])
    assert player.take() == list(EVENTS[10:20])


def test_the_end_is_the_end() -> None:
    player, clock = playback()
    player.play()
    clock.advance(1000)

    assert len(player.take()) == len(EVENTS)
    assert (player.position_ns, player.is_playing, player.take()) == (ns(100), False, [])
