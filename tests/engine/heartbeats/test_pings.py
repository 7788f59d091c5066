"""Protocol pings on virtual time: a minute of them takes microseconds."""

import time
from itertools import pairwise

import pytest

from tests.fakes import FakeClock
from wsmonitor.engine.heartbeats.pings import Heartbeat, Miss, Pong
from wsmonitor.settings.endpoint_settings import NS, PingConfig, to_ns


class Line:
    """A heartbeat, a clock and the pings on their way."""

    def __init__(self, *, interval_s: float | None = None, timeout_s: float = 10, max_missed: int = 2) -> None:
        self.clock = FakeClock()
        self.opened_ns = self.clock.now_ns()
        config = PingConfig(interval_s=interval_s, timeout_s=timeout_s, max_missed=max_missed)
        self.heartbeat = Heartbeat(config, tag=7, opened_ns=self.opened_ns)
        self.pings: list[tuple[float, bytes]] = []
        self.missed: list[Miss] = []
        self.answer_after_s: float | None = None

    def run(self, seconds: float) -> None:
        """Let time pass, waking up at each deadline as the supervisor does."""
        end_ns = self.clock.now_ns() + to_ns(seconds)
        while (due_ns := self.heartbeat.deadline_ns) is not None and due_ns <= end_ns:
            self.clock.advance(max(0, due_ns - self.clock.now_ns()) / NS)
            self._elapse()
        self.clock.advance((end_ns - self.clock.now_ns()) / NS)

    def at(self, seconds: float) -> int:
        """So many seconds after the opening, in nanoseconds."""
        return self.opened_ns + to_ns(seconds)

    def ping(self, *, timeout_s: float | None = None) -> bytes:
        """Write a ping now."""
        now_ns = self.clock.now_ns()
        payload = self.heartbeat.make_payload()
        self.heartbeat.sent(payload, now_ns, timeout_ns=None if timeout_s is None else to_ns(timeout_s))
        self.pings.append(((now_ns - self.opened_ns) / NS, payload))
        return payload

    def pong(self, payload: bytes) -> Pong | None:
        """A pong arrives now; it is bytes as well."""
        self.heartbeat.received(self.clock.now_ns())
        return self.heartbeat.pong(payload, self.clock.now_ns())

    def _elapse(self) -> None:
        self.missed += self.heartbeat.misses(self.clock.now_ns())
        if self.heartbeat.is_due(self.clock.now_ns()):
            payload = self.ping()
            if self.answer_after_s is not None:
                delay_ns = to_ns(self.answer_after_s)
                self.clock.call_at(self.clock.now_ns() + delay_ns, lambda: self._answer(payload))

    def _answer(self, payload: bytes) -> None:
        self.pong(payload)

    @property
    def gave_up(self) -> bool:
        return any(miss.gives_up for miss in self.missed)


def test_pings_leave_at_the_opening_plus_k_intervals_however_late_each_was() -> None:
    line = Line()
    line.answer_after_s = 0.1

    for _ in range(5):
        line.run(20)
        line.clock.advance(0.003)  # the loop was late
    line.run(1)

    assert [round(at_s) for at_s, _ in line.pings if at_s >= 19] == [20, 40, 60, 80, 100]
    assert line.heartbeat.deadline_ns == line.at(120)


def test_where_nobody_chose_an_interval_pings_leave_at_once_and_with_growing_gaps() -> None:
    line = Line()
    line.answer_after_s = 0.1

    line.run(60)

    assert [at_s for at_s, _ in line.pings] == [0, 0.5, 1.5, 3.5, 7.5, 20, 40, 60]


@pytest.mark.parametrize("interval_s", [1, 19, 21, 60])
def test_whoever_chose_an_interval_gets_exactly_that(interval_s: float) -> None:
    line = Line(interval_s=interval_s)
    line.answer_after_s = 0.1

    line.run(3 * interval_s)

    assert [at_s for at_s, _ in line.pings] == [interval_s, 2 * interval_s, 3 * interval_s]


@pytest.mark.parametrize("phase", [0, 0.1, 0.38, 0.62, 0.9, 0.99])
def test_gaps_never_shrink_before_the_first_regular_ping(phase: float) -> None:
    heartbeat = Heartbeat(PingConfig(), tag=7, opened_ns=0, phase=phase)
    times = []
    for _ in range(8):
        due_ns = heartbeat.deadline_ns
        assert due_ns is not None
        assert heartbeat.is_due(due_ns)
        times.append(due_ns)

    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == sorted(gaps)
    assert times[0] <= to_ns(0.5)
    assert to_ns(20) - round(to_ns(20) * phase) in times


def test_whoever_chooses_the_usual_interval_gets_exactly_that() -> None:
    line = Line(interval_s=20)
    line.answer_after_s = 0.1

    line.run(65)

    assert [at_s for at_s, _ in line.pings] == [20, 40, 60]


def test_a_mute_peer_gets_one_early_ping_only_and_is_not_given_up_for_it() -> None:
    line = Line()

    line.run(19.9)

    assert [at_s for at_s, _ in line.pings] == [0]
    assert [miss.gives_up for miss in line.missed] == [False]


def test_connections_that_open_together_do_not_ping_together_early_either() -> None:
    first, second = (Heartbeat(PingConfig(), tag=7, opened_ns=0, phase=phase) for phase in (0.0, 0.62))

    assert first.deadline_ns == 0
    assert second.deadline_ns == to_ns(0.31)


def test_a_minute_of_beats_takes_no_time() -> None:
    line = Line(interval_s=1)
    line.answer_after_s = 0.05
    began_s = time.monotonic()

    line.run(60)

    assert len(line.pings) == 60
    assert time.monotonic() - began_s < 1


def test_beats_that_were_slept_through_are_skipped_not_made_up_for() -> None:
    line = Line()

    line.clock.advance(65)
    assert line.heartbeat.is_due(line.clock.now_ns())

    assert not line.heartbeat.is_due(line.clock.now_ns())
    assert line.heartbeat.deadline_ns == line.at(80)


def test_without_pings_nothing_is_ever_due() -> None:
    heartbeat = Heartbeat(PingConfig(enabled=False), tag=0, opened_ns=0)

    assert heartbeat.deadline_ns is None
    assert not heartbeat.is_due(NS * 3600)


def test_the_round_trip_is_from_the_write_to_the_read_of_the_same_ping() -> None:
    line = Line()
    payload = line.ping()

    line.clock.advance(0.123)
    pong = line.pong(payload)

    assert pong == Pong(1, line.opened_ns, to_ns(0.123), late=False)


def test_a_pong_settles_earlier_pings_but_measures_only_its_own() -> None:
    line = Line()
    line.ping()
    line.clock.advance(1)
    second = line.ping()

    line.clock.advance(0.1)
    pong = line.pong(second)

    assert pong is not None
    assert pong.round_trip_ns == to_ns(0.1)
    line.clock.advance(30)
    assert line.heartbeat.misses(line.clock.now_ns()) == []


def test_every_ping_has_a_payload_of_its_own_and_another_connections_pong_means_nothing() -> None:
    line, other = Line(), Heartbeat(PingConfig(), tag=8, opened_ns=0)
    mine = line.ping()

    theirs = other.make_payload()

    assert len(mine) == 8
    assert mine.isascii()
    assert theirs != mine
    assert line.pong(theirs) is None


def test_unsolicited_empty_and_repeated_pongs_mean_nothing() -> None:
    line = Line()
    payload = line.ping()

    assert line.pong(b"") is None
    assert line.pong(b"hello") is None
    assert line.pong(payload) is not None
    assert line.pong(payload) is None


def test_a_pong_that_is_cut_answers_the_one_ping_that_may_be_meant() -> None:
    line = Line()
    payload = line.ping()
    line.clock.advance(0.25)

    assert line.pong(payload[:3]) == Pong(1, line.opened_ns, to_ns(0.25), late=False)


def test_a_pong_that_is_cut_means_nothing_where_it_may_answer_a_ping_that_was_missed() -> None:
    line = Line(interval_s=100)
    first = line.ping()
    line.run(12)
    second = line.ping()

    assert first[:3] == second[:3]
    assert line.pong(second[:3]) is None
    assert line.pong(second) is not None


def test_a_pong_after_its_timeout_is_late_and_its_time_is_known() -> None:
    line = Line()
    payload = line.ping()
    line.run(12)

    pong = line.pong(payload)

    assert len(line.missed) == 1
    assert pong == Pong(1, line.opened_ns, to_ns(12), late=True)


def test_a_silent_peer_is_given_up_at_the_third_miss() -> None:
    line = Line()

    line.run(69.9)
    assert not line.gave_up
    line.run(0.1)

    assert [(miss.number, miss.gives_up) for miss in line.missed][1:] == [(2, False), (3, False), (4, True)]
    assert all(miss.waited_ns == 10 * NS for miss in line.missed)


def test_a_black_hole_is_detected_within_its_bound_whenever_it_begins() -> None:
    for began_s in (0.5, 19.9, 20.1, 25.0, 39.99):
        line = Line()
        line.answer_after_s = 0.2
        line.run(began_s)
        line.answer_after_s = None

        line.run(3 * 20 + 10)

        assert line.gave_up, f"black hole from {began_s} s"


def test_bytes_since_the_ping_prevent_giving_up_but_not_the_miss() -> None:
    line = Line(interval_s=1, timeout_s=1)

    for _ in range(100):
        line.run(0.5)
        line.heartbeat.received(line.clock.now_ns())

    assert len(line.missed) >= 48
    assert not line.gave_up


def test_a_peer_that_ignores_pings_but_talks_now_and_then_is_not_given_up() -> None:
    line = Line()

    for _ in range(40):
        line.run(15)
        line.heartbeat.received(line.clock.now_ns())

    assert len(line.missed) > 20
    assert not line.gave_up


def test_a_peer_whose_pongs_are_always_late_is_not_given_up() -> None:
    line = Line()
    line.answer_after_s = 12

    line.run(600)

    assert len(line.missed) >= 28
    assert not line.gave_up


def test_misses_start_counting_anew_after_a_pong() -> None:
    line = Line(interval_s=21)
    line.run(31)
    payload = line.ping()
    line.pong(payload)

    line.run(21)

    assert [miss.consecutive for miss in line.missed] == [1, 1]


def test_a_check_ping_decides_alone_whether_the_connection_survived_the_sleep() -> None:
    line = Line()
    line.answer_after_s = 0.1
    line.run(50)

    line.ping(timeout_s=2)
    line.run(2)

    assert [(miss.waited_ns, miss.gives_up) for miss in line.missed] == [(2 * NS, True)]


def test_an_answered_check_ping_changes_nothing() -> None:
    line = Line()
    line.run(5)

    line.pong(line.ping(timeout_s=2))
    line.run(10)

    assert line.missed == []


def test_a_new_connections_heartbeat_knows_nothing_of_the_old_ones_pings() -> None:
    old = Line()
    old.run(25)
    assert old.heartbeat.deadline_ns == old.at(30)

    new = Line()
    new.answer_after_s = 0.1
    new.run(60)

    assert new.missed == []


def test_after_a_pause_nothing_is_missed_and_the_beat_goes_on() -> None:
    line = Line()
    line.run(25)

    line.clock.advance(300)
    line.heartbeat.skip_to(line.clock.now_ns())

    assert line.heartbeat.misses(line.clock.now_ns()) == []
    assert line.heartbeat.deadline_ns == line.at(340)


@pytest.mark.parametrize(("waited_s", "expected_s"), [(0.0, 0.25), (0.2, 0.05), (0.25, 0.25), (3.0, 0.25)])
def test_a_round_trip_ends_at_the_arrival_unless_that_seems_to_lie_before_the_ping(
    waited_s: float, expected_s: float
) -> None:
    line = Line()
    payload = line.ping()
    line.clock.advance(0.25)

    pong = line.heartbeat.pong(payload, line.clock.now_ns(), to_ns(waited_s))

    assert pong is not None
    assert pong.round_trip_ns == to_ns(expected_s)
