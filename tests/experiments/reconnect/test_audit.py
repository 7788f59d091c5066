"""The course of an audit, second by second on a clock of our own."""

from collections.abc import Callable

import pytest

from tests.experiments.reconnect.clients import Client, ns, play
from wsmonitor.experiments.reconnect.answer import answer_of
from wsmonitor.experiments.reconnect.audit import ALL_OFF, Audit, Order, Pace

PACE = Pace(steady_s=10, between_s=3, recovery_s=90, wait_s=100)
SUBSCRIBE = '{"op": "subscribe"}'


class Course:
    """An audit and the client that it is told of; what the client does to an order is up to the test."""

    def __init__(
        self,
        *faults: str,
        answers: Callable[[Client, Order, float], None] = lambda *_: None,
        subscription: list[str] | None = None,
    ) -> None:
        self.audit = Audit([play(one) for one in faults], PACE, now_ns=0, subscription=subscription)
        self.client = Client()
        self.orders: list[tuple[float, Order]] = []
        self._answers = answers
        self._told = 0
        self.now_s = 0.0

    def until(self, at_s: float) -> None:
        """Go on in steps of a quarter of a second."""
        while self.now_s < at_s and not self.audit.is_done:
            for order in self.audit.step(ns(self.now_s)):
                self.orders.append((self.now_s, order))
                self._answers(self.client, order, self.now_s)
            due = sorted(self.client.events[self._told :], key=lambda event: event.at_ns)
            self._told = len(self.client.events)
            for event in due:
                self.audit.take(event)
            self.now_s += 0.25


def comes_back(client: Client, order: Order, at_s: float) -> None:
    """A good client: a second after a cut it is there again."""
    if order.kind in ("reset", "fin", "close"):
        client.leaves(at_s + 0.01, "ours")
        client.opens(at_s + 1.0, SUBSCRIBE)


def test_faults_are_played_one_after_the_other_on_a_steady_client() -> None:
    course = Course("reset", "close_1012", answers=comes_back)
    course.client.opens(5.0, SUBSCRIBE)

    course.until(60)

    assert [order for _, order in course.orders] == [Order("reset", "client"), Order("close", "1012,client")]
    assert course.orders[0][0] == pytest.approx(15, abs=0.5)  # 10 s after it opened
    assert [(row.fault, row.verdict, row.subscribed) for row in course.audit.rows] == [
        ("reset", "ok", 1),
        ("close_1012", "ok", 1),
    ]
    assert course.audit.is_connected


def test_a_fault_that_lasts_is_lifted_and_back_counts_from_there() -> None:
    course = Course("http_503")
    course.client.opens(0.0, SUBSCRIBE)
    course.until(10.5)
    course.client.leaves(10.3, "ours")
    course.client.is_refused(11.0, 22.0)
    course.until(41)
    course.client.opens(44.0, SUBSCRIBE)
    course.until(60)

    assert course.orders[-1][1] == ALL_OFF
    assert course.orders[-1][0] == pytest.approx(40, abs=0.5)
    assert course.audit.rows[0].back_s == pytest.approx(4, abs=0.5)
    assert course.audit.rows[0].tries_per_minute == 4


def test_a_dead_path_is_that_of_the_old_connection_until_the_new_one_was_watched() -> None:
    course = Course("silence")
    course.client.opens(0.0, SUBSCRIBE)
    course.until(35)
    course.client.opens(35.0, SUBSCRIBE)
    course.until(60)

    assert [order.slot for _, order in course.orders] == [0, 0, None]
    assert course.orders[-1][1] == ALL_OFF
    assert course.orders[-1][0] == pytest.approx(38, abs=0.5)
    assert course.audit.rows[0].noticed_s == pytest.approx(25, abs=0.5)
    assert course.audit.rows[0].sentence == "two connections at once for 2.5 s: the old one stays open"


def test_what_it_does_now_is_shown_while_it_does_it() -> None:
    course = Course("http_503", "reset")
    course.client.opens(0.0, SUBSCRIBE)
    course.until(10.5)
    course.client.leaves(10.3, "ours")
    course.client.is_refused(11.0)
    course.until(20)

    shown = course.audit.shown(ns(20))

    assert (shown.stage, shown.fault, shown.faults_left, shown.is_connected) == ("fault", "http_503", 2, False)
    assert shown.attempts is not None
    assert shown.attempts.tries_s[0] == pytest.approx(1.0, abs=0.3)
    assert shown.attempts.open_s[0][1] == pytest.approx(0.3, abs=0.3)
    assert shown.attempts.lifted_s is None
    assert shown.attempts.watched_s == pytest.approx(10, abs=0.3)


def test_the_subscription_can_be_said_before_and_meanwhile() -> None:
    course = Course("reset", "fin", answers=comes_back, subscription=['{"op": "login"}'])
    course.client.opens(0.0, SUBSCRIBE)
    course.until(23)
    course.audit.set_subscription([SUBSCRIBE])
    course.until(60)

    assert [row.subscribed for row in course.audit.rows] == [0, 1]


def test_patience_with_a_client_that_is_gone_has_an_end_and_the_rest_is_not_tested() -> None:
    course = Course("reset", "fin", answers=lambda client, _, at_s: client.leaves(at_s, "ours"))
    course.client.opens(0.0, SUBSCRIBE)

    course.until(300)

    assert [(row.fault, row.verdict) for row in course.audit.rows] == [("reset", "bad"), ("fin", "not tested")]
    assert course.now_s < 135


def test_a_client_that_stays_away_as_it_was_told_does_not_cut_the_audit_short() -> None:
    course = Course("refused_1008", "refused_4401", answers=lambda client, _, at_s: client.leaves(at_s, "ours"))
    course.client.opens(0.0, SUBSCRIBE)

    course.until(300)
    answer = answer_of(course.audit, interrupted=False)

    assert [(row.fault, row.verdict) for row in answer.rows] == [("refused_1008", "ok"), ("refused_4401", "not tested")]
    assert answer.rows[1].sentence == "the client is not connected any more, as refused_1008 told it"
    assert answer.status == "completed"


def test_a_first_message_that_goes_on_now_and_then_is_not_missed_on_the_next_connection() -> None:
    course = Course("reset", "fin", answers=comes_back)
    course.client.opens(0.0, SUBSCRIBE, '{"op": "tick"}')
    course.until(11.5)
    course.client.sends(11.5, '{"op": "tick"}')
    course.client.sends(14.5, '{"op": "tick"}')

    course.until(60)

    assert [(row.verdict, row.subscribed) for row in course.audit.rows] == [("ok", 1), ("ok", 1)]


def test_what_was_said_to_be_the_subscription_is_one_although_it_goes_on() -> None:
    course = Course("reset", "fin", answers=comes_back, subscription=[SUBSCRIBE])
    course.client.opens(0.0, SUBSCRIBE)
    course.client.sends(5.0, SUBSCRIBE)

    course.until(60)

    assert [row.subscribed for row in course.audit.rows] == [1, 1]


def opens_another(client: Client, order: Order, at_s: float) -> None:
    """After a Close it opens a new connection and leaves the old one; latency it bears."""
    if order.kind == "close":
        client.opens(at_s + 1.0, SUBSCRIBE)


def test_what_a_client_left_open_is_told_once_and_not_of_the_next_fault() -> None:
    course = Course("close_1011", "latency", answers=opens_another)
    course.client.opens(0.0, SUBSCRIBE)

    course.until(90)

    assert [(row.verdict, row.overlap_s) for row in course.audit.rows] == [
        ("bad", pytest.approx(2.5, abs=0.3)),
        ("ok", 0),
    ]


def test_a_fault_that_cannot_be_played_is_left_out_and_the_next_comes() -> None:
    course = Course("reset", "fin", answers=comes_back)
    course.client.opens(0.0, SUBSCRIBE)
    course.until(10.5)

    course.audit.leave_out("the kernel does not let us", ns(10.5))
    course.until(60)

    assert [(row.fault, row.verdict) for row in course.audit.rows] == [("reset", "not tested"), ("fin", "ok")]
    assert course.audit.rows[0].sentence == "the kernel does not let us"


def test_nobody_is_waited_for_for_ever() -> None:
    course = Course("reset")

    course.until(300)

    assert course.now_s < 102
    assert answer_of(course.audit, interrupted=False).verdict == "not tested: no client came and stayed"


def test_a_client_that_never_stays_does_not_hold_it_up() -> None:
    course = Course("reset")
    for second in range(0, 200, 2):
        course.client.opens(float(second))
        course.client.leaves(second + 1.0)
        course.until(second + 2.0)

    assert course.audit.is_done


def test_who_stops_it_keeps_what_was_found_and_the_faults_go_off() -> None:
    course = Course("reset", "http_503", answers=comes_back)
    course.client.opens(0.0, SUBSCRIBE)
    course.until(25)

    orders = course.audit.stop("stopped")
    answer = answer_of(course.audit, interrupted=True)

    assert orders == [ALL_OFF]
    assert [(row.fault, row.verdict) for row in answer.rows] == [("reset", "ok"), ("http_503", "not tested")]
    assert (answer.status, answer.verdict) == ("interrupted", "as expected")
