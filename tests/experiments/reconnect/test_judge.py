"""Each planted fault of a client is named in its row, and none is invented."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.experiments.reconnect.clients import Client, ns, play
from wsmonitor.experiments.reconnect.judge import row_of
from wsmonitor.experiments.reconnect.window import Manner, Window, learned, measure, without_what_goes_on
from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.facts.events import OpenFailed

SUBSCRIBE = '{"op": "subscribe", "id": 1}'
AGAIN = '{"op": "subscribe", "id": 2}'
MANNER = Manner(subscription=('{"id": 0, "op": "subscribe"}',))


def steady() -> Client:
    """Open since 0 s, subscribed."""
    client = Client()
    client.opens(0.0, SUBSCRIBE)
    return client


def judged(
    client: Client,
    fault: str,
    *,
    lifted_s: float = 20.0,
    until_s: float = 40.0,
    manner: Manner = MANNER,
    before: Sequence[ReconnectRow] = (),
) -> ReconnectRow:
    """The row of a fault that began at 20 s."""
    one = play(fault)
    seen = measure(one, client.timeline, Window(ns(20), ns(lifted_s), ns(until_s)), manner)
    return row_of(one, seen, manner, before)


def refused(*at_s: float, back_s: float = 52.0) -> Client:
    """Cut at 20 s, refused at these times, back later."""
    client = steady()
    client.leaves(20.0, "ours")
    client.is_refused(*at_s)
    client.opens(back_s, AGAIN)
    return client


def test_a_client_that_comes_back_and_subscribes_once_is_fine() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.opens(21.0, AGAIN)

    row = judged(client, "reset")

    assert (row.verdict, row.sentence) == ("ok", "back 1.0 s after it happened")
    assert (row.subscribed, row.gave_up, row.overlap_s) == (1, False, 0.0)
    assert row.noticed_s == row.first_try_s == pytest.approx(0.999)
    assert row.lost is None  # nobody sees what a client writes after a RST


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [("reset", "took 41 s to notice, or to try again"), ("close_1011", "took 41 s to try again")],
)
def test_coming_back_late_is_named(fault: str, sentence: str) -> None:
    client = steady()
    if fault == "close_1011":
        client.says_close(20.01)
    client.leaves(20.02, "ours")
    client.opens(61.0, AGAIN)

    row = judged(client, fault, until_s=65)

    assert (row.verdict, row.sentence) == ("bad", sentence)


@pytest.mark.parametrize(("tries", "verdict"), [((21.0,), "bad"), ((21.0, 31.0), "ok")])
def test_an_upgrade_that_nobody_answers_is_given_up(tries: tuple[float, ...], verdict: str) -> None:
    row = judged(refused(*tries, back_s=80.5), "hang", lifted_s=80, until_s=85)

    assert row.verdict == verdict
    assert ("no connect timeout within 59 s" in row.sentence) is (verdict == "bad")


def test_growing_jittered_tries_are_fine() -> None:
    row = judged(refused(20.4, 21.5, 23.2, 27.5, 35.0, 49.0), "http_503", lifted_s=50, until_s=60)

    assert row.growth is not None
    assert row.growth > 2
    assert row.jitter is not None
    assert row.jitter > 0.03
    assert row.sentence == "ignores Retry-After: tried again after 1.1 s"


def test_a_fixed_delay_does_not_slow_down() -> None:
    row = judged(refused(*(20.0 + 5 * n for n in range(1, 6)), back_s=50.01), "http_503", lifted_s=50, until_s=60)

    assert row.verdict == "bad"
    assert row.growth == pytest.approx(1.0, abs=0.01)
    assert row.sentence.startswith("does not slow down: a fixed delay, a try every 5.0 s; ")


def test_the_shortest_fixed_delay_is_told_as_one_that_hammers() -> None:
    row = judged(refused(*(20.0 + n for n in range(1, 31)), back_s=51), "refuse", lifted_s=50, until_s=60)

    assert row.sentence.startswith("hammers: 30 tries in 30 s, a fixed delay, a try every 1.0 s; no jitter")
    assert (row.tries_per_minute, row.growth) == (60, 1.0)


def test_a_delay_that_varies_but_does_not_grow_is_told() -> None:
    tries = (22.7, 26.1, 28.6, 32.0, 34.8, 37.4, 40.9, 43.4, 46.6, 49.5)

    row = judged(refused(*tries), "refuse", lifted_s=50, until_s=60)

    assert (row.verdict, row.sentence) == ("bad", "does not slow down: a try about every 2.8 s")


def test_who_waits_as_retry_after_asks_is_not_blamed_for_waiting_evenly() -> None:
    row = judged(refused(30.1, 40.2, 50.3, back_s=60.4), "http_503", lifted_s=60, until_s=65)

    assert (row.verdict, row.honoured) == ("ok", True)
    assert (row.growth, row.jitter) == (None, None)


def test_growing_up_to_a_cap_is_no_fixed_delay_and_the_cap_is_said() -> None:
    row = judged(refused(21, 23, 27, 32, 37, 42, 47, back_s=52), "refuse", lifted_s=50, until_s=60)

    assert row.verdict == "finding"
    assert row.sentence.startswith("no jitter")
    assert row.cap_s == 5


def test_jitter_that_a_cap_takes_away_is_told_as_that() -> None:
    row = judged(refused(20.7, 23.1, 28.1, 33.1, 38.1, 43.1, 48.1, back_s=53.1), "refuse", lifted_s=50, until_s=60)

    assert (row.verdict, row.sentence) == ("finding", "no jitter once its delays reach 5.0 s")


def test_odd_delays_that_come_again_one_by_one_are_without_jitter() -> None:
    odd = (20.1, 20.7, 21.0, 23.5, 24.5, 33.0)
    manner = Manner(subscription=MANNER.subscription, spacings=((0.1, 0.6, 0.3, 2.5, 1.0, 8.5),))

    first = judged(refused(*odd), "refuse", lifted_s=50, until_s=60)
    again = judged(refused(*odd), "accept_close_1011", lifted_s=50, until_s=60, manner=manner)

    assert "no jitter" not in first.sentence
    assert "no jitter" in again.sentence


def test_a_backoff_that_begins_anew_with_each_opening_is_told_as_that() -> None:
    grows = ReconnectRow(fault="refuse", verdict="ok", sentence="", growth=8.0)
    tries = [20.0 + 2.0 * n for n in range(1, 15)]

    row = judged(refused(*tries), "accept_close_1011", lifted_s=50, until_s=60, before=[grows])

    assert "its backoff begins anew with each opening: does not slow down" in row.sentence


def test_many_tries_hammer_even_where_they_are_counted_by_the_second() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    for second in range(1, 31):
        client.is_refused(20.0 + second, count=40)
    client.opens(50.1, AGAIN)

    row = judged(client, "http_503", lifted_s=50, until_s=60)

    assert row.verdict == "bad"
    assert "hammers: 1,200 tries in 30 s" in row.sentence
    assert row.tries_per_minute == 2400
    assert row.jitter is None  # how they lay within a second was not seen


def test_a_quick_start_that_slows_down_does_not_hammer() -> None:
    client = refused(20.1, 20.2, 20.4, 20.8, 21.6, 23.2, 26.4, 32.8, 45.6, back_s=60)

    assert "hammers" not in judged(client, "accept_close_1011", lifted_s=50, until_s=70).sentence


def test_tries_that_nobody_sees_are_not_stated() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.opens(51.0, AGAIN)

    row = judged(client, "refuse", lifted_s=50, until_s=60)

    assert (row.noticed_s, row.first_try_s, row.tries_per_minute, row.verdict) == (None, None, None, "ok")


def test_going_on_after_a_close_as_if_nothing_were_is_named() -> None:
    row = judged(steady(), "close_1011", until_s=110)

    assert (row.verdict, row.sentence) == ("bad", "the connection was ended, and it goes on as if it were open")


def test_doubling_without_jitter_is_told() -> None:
    row = judged(refused(21.0, 23.0, 27.0, 35.0, back_s=51.0), "accept_close_1011", lifted_s=50, until_s=60)

    assert row.verdict == "finding"
    assert row.jitter == pytest.approx(0.0, abs=0.01)
    assert row.sentence.startswith("no jitter")


def test_two_tries_say_nothing_about_growth() -> None:
    row = judged(refused(21.0, 33.0, back_s=51.0), "accept_close_1011", lifted_s=30, until_s=32)

    assert (row.growth, row.jitter) == (None, None)


def test_delays_that_firefox_adds_are_not_the_pages() -> None:
    client = refused(*(20.0 + 5 * n for n in range(1, 6)))
    manner = Manner(subscription=MANNER.subscription, process="firefox")

    row = judged(client, "http_503", lifted_s=50, until_s=60, manner=manner)

    assert (row.verdict, row.growth) == ("finding", None)
    assert "a browser delays by itself" in row.sentence
    assert "Retry-After" not in row.sentence  # pages cannot see it


@pytest.mark.parametrize(("second_s", "ignored"), [(24.0, True), (31.5, False)])
def test_a_try_before_the_time_that_was_asked_for_ignores_retry_after(second_s: float, ignored: bool) -> None:
    row = judged(refused(21.0, second_s), "http_503", lifted_s=50, until_s=60)

    assert ("ignores Retry-After" in row.sentence) is ignored


def test_who_tries_no_more_gave_up() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.is_refused(21.0, 22.0)

    row = judged(client, "http_503", lifted_s=50, until_s=140)

    assert (row.verdict, row.gave_up, row.back_s) == ("bad", True, None)
    assert row.sentence.startswith("gave up after 2 tries")


def test_whose_next_delay_may_be_longer_than_it_was_watched_did_not_surely_give_up() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.is_refused(21.0, 23.0, 27.0, 35.0, 51.0)

    row = judged(client, "refuse", lifted_s=50, until_s=85)

    assert (row.verdict, row.gave_up) == ("finding", None)
    assert "its next delay may be longer" in row.sentence


def test_who_still_tries_has_not_given_up() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.is_refused(21.0, 30.0, 60.0, 120.0)

    row = judged(client, "http_503", lifted_s=50, until_s=140)

    assert row.gave_up is False
    assert "still trying" in row.sentence


def test_giving_up_a_refused_token_is_right() -> None:
    client = steady()
    client.says_close(20.01)
    client.leaves(20.02)
    client.is_refused(21.0)

    row = judged(client, "refused_4401", lifted_s=50, until_s=95)

    assert (row.verdict, row.sentence, row.gave_up) == ("ok", "stops after 1 try", True)
    assert row.noticed_s == 0.01


def test_trying_a_refused_token_again_and_again_is_named() -> None:
    row = judged(refused(*(20.0 + n for n in range(1, 30))), "refused_4401", lifted_s=50, until_s=60)

    assert (row.verdict, row.sentence) == ("bad", "tried 29 times in 30 s although it was refused for good")


def test_subscribing_twice_is_named() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.opens(21.0, AGAIN, SUBSCRIBE)

    row = judged(client, "reset")

    assert (row.verdict, row.subscribed, row.sentence) == ("bad", 2, "subscribes 2 times")


def test_losing_the_first_message_is_named() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.opens(21.0)

    row = judged(client, "reset")

    assert (row.verdict, row.subscribed) == ("bad", 0)
    assert row.sentence == 'does not send again what it sent first: {"id": 0, "op": "subscribe"}'


def test_leaving_the_old_connection_open_is_named() -> None:
    client = steady()
    client.opens(21.0, AGAIN)
    client.leaves(25.1, "ours", number=1)

    row = judged(client, "close_1011")

    assert row.verdict == "bad"
    assert row.overlap_s == pytest.approx(4.1)
    assert row.sentence == "two connections at once for 4.1 s: the old one stays open"


def test_an_old_connection_that_it_closed_as_well_as_it_can_is_not_left_open() -> None:
    client = steady()
    client.says_close(45.0)
    client.opens(45.2, AGAIN)

    row = judged(client, "silence", lifted_s=45.1, until_s=50)

    assert (row.verdict, row.overlap_s) == ("ok", 0.0)


def test_who_leaves_a_living_connection_is_judged_for_what_it_does_then() -> None:
    client = steady()
    client.opens(30.0)

    row = judged(client, "drop_pongs", lifted_s=30, until_s=35)

    assert "two connections at once for 5.0 s" in row.sentence


def test_what_is_written_into_a_dead_path_is_counted_and_what_comes_again() -> None:
    client = steady()
    for n in range(12):
        client.sends(21.0 + n, f'{{"order": {n}}}')
    client.leaves(65.0, "ours")
    client.opens(66.0, AGAIN, '{"order": 11}')

    row = judged(client, "silence", lifted_s=65.07, until_s=70)

    assert (row.verdict, row.noticed_s, row.lost, row.again) == ("bad", None, 12, 1)
    assert row.sentence == "not noticed in 45 s; 12 messages went into the void"


def test_a_heartbeat_notices_a_dead_path() -> None:
    client = steady()
    client.leaves(45.0, "fin")
    client.opens(46.0, AGAIN)

    row = judged(client, "silence", lifted_s=45.5, until_s=50)

    assert (row.verdict, row.noticed_s, row.lost) == ("ok", 25.0, 0)


def test_a_message_that_the_server_had_is_sent_twice() -> None:
    client = steady()
    client.sends(19.0, '{"order": 7}')
    client.leaves(20.0, "ours")
    client.opens(21.0, AGAIN, '{"order": 7}')

    assert judged(client, "reset").twice == 1


def test_a_heartbeat_that_is_always_the_same_is_not_sent_twice() -> None:
    client = steady()
    client.sends(14.0, '{"op": "ping"}')
    client.sends(19.0, '{"op": "ping"}')
    client.leaves(20.0, "ours")
    client.opens(21.0, AGAIN, '{"op": "ping"}')

    row = judged(client, "reset")

    assert (row.verdict, row.twice) == ("ok", None)


def test_a_heartbeat_that_begins_with_each_connection_is_not_sent_twice() -> None:
    beat = '{"op": "ping"}'
    manner = replace(MANNER, first=(*MANNER.subscription, beat))
    client = Client()
    client.opens(12.0, AGAIN, beat)
    client.leaves(20.0, "ours")
    client.opens(21.0, AGAIN, beat)

    row = judged(client, "reset", manner=manner)

    assert (row.verdict, row.twice) == ("ok", None)


def test_leaving_a_slow_connection_is_the_own_heartbeats_doing() -> None:
    client = steady()
    client.says_close(30.0)
    client.leaves(30.1)
    client.opens(31.0, AGAIN)

    row = judged(client, "latency", lifted_s=40, until_s=45)

    assert (row.verdict, row.sentence) == ("bad", "its own heartbeat ended a living connection")


def test_coming_back_at_once_to_a_server_that_sends_all_away_is_told() -> None:
    client = steady()
    client.says_close(20.001)
    client.leaves(20.002)
    client.opens(20.005, AGAIN)

    row = judged(client, "close_1012")

    assert row.verdict == "finding"
    assert "comes back after 4.0 ms: with every other client" in row.sentence


def test_a_server_that_cannot_be_reached_is_not_the_clients_doing() -> None:
    client = steady()
    client.leaves(20.0, "ours")
    client.events.append(OpenFailed(phase="tcp", error="refused", duration_ns=1, **client.who(21.0)))

    assert judged(client, "reset").verdict == "not tested"


def test_coming_back_at_once_now_and_then_is_a_random_delay() -> None:
    client = steady()
    client.says_close(20.001)
    client.leaves(20.002)
    client.opens(20.005, AGAIN)
    slower = ReconnectRow(fault="reset", verdict="ok", sentence="", first_try_s=0.8)

    assert judged(client, "close_1012", before=[slower]).verdict == "ok"


def test_a_browser_is_known_by_the_name_of_its_process() -> None:
    client = Client()
    client.opens(0.0, SUBSCRIBE)
    client.runs_in("firefox")

    assert learned(client.timeline, client.timeline.connections).process == "firefox"


def test_only_a_part_of_the_first_messages_is_named() -> None:
    client = Client()
    client.opens(0.0, '{"op": "hello"}', SUBSCRIBE)
    manner = learned(client.timeline, client.timeline.connections)
    client.leaves(20.0, "ours")
    client.opens(21.0, AGAIN)

    row = judged(client, "reset", manner=manner)

    assert (row.subscribed, row.sentence) == (0, 'does not send again what it sent first: {"op": "hello"}')


def test_messages_that_go_on_now_and_then_are_no_subscription() -> None:
    client = Client()
    client.opens(0.0, SUBSCRIBE, '{"op": "tick"}')
    client.sends(15.0, '{"op": "tick"}')

    assert without_what_goes_on(('{"op": "tick"}', *MANNER.subscription), client.timeline) == MANNER.subscription


def test_first_messages_are_a_subscription_unless_they_go_on() -> None:
    client = Client()
    client.opens(0.0, SUBSCRIBE, '{"op": "ping"}')
    client.sends(5.0, '{"op": "ping"}')

    timeline = client.timeline

    assert learned(timeline, timeline.connections).subscription == MANNER.subscription
