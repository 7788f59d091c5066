"""What was seen of dead clients -> what the server notices."""

import pytest

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.keepalive.facts import KeepaliveFacts, SilentPath, Stimulus, Watched
from wsmonitor.experiments.keepalive.judge import judge
from wsmonitor.experiments.options import ExperimentOptions

S = 1_000_000_000


def watched(stimulus: Stimulus, age_s: float, *pings_s: float, how: str = "", code: int | None = None) -> Watched:
    pings_ns = tuple(round(ping * S) for ping in pings_s)
    return Watched(stimulus, 0, age_ns=round(age_s * S), how=how, code=code, pings_ns=pings_ns)


def judged(*connections: Watched, silent: tuple[SilentPath, ...] = (), stalled_ns: int = 0) -> Judgement:
    facts = KeepaliveFacts(watched={one.stimulus: one for one in connections}, silent=list(silent))
    around = Circumstances(options=ExperimentOptions(), seen=Seen(), stalled_ns=stalled_ns)
    return judge(facts, around)


def actual(judgement: Judgement, name: str) -> str:
    row = next(row for row in judgement.checks if row.id == f"keepalive/{name}")
    return row.actual or row.verdict


LISTEN = watched("listen", 70, 20, 40, 60)
MUTE = watched("mute", 40, 20, how="Close 1011 keepalive ping timeout", code=1011)


def test_the_interval_and_what_unanswered_pings_bring_are_told() -> None:
    found = judged(LISTEN, MUTE)

    assert found.value == {"ping_interval_s": 20.0, "noticed_after_s": 40.0, "code": 1011}
    assert "pings every 20.0 s; unanswered pings end it after 40.0 s with Close 1011" in found.answer
    assert found.confidence > 0.9


def test_a_server_that_does_not_ping_cannot_notice_by_websocket() -> None:
    found = judged(watched("listen", 180), watched("mute", 180))

    assert found.value == {"ping_interval_s": None, "noticed_after_s": None, "code": None}
    assert "cannot notice by WebSocket" in found.answer


def test_an_end_without_pings_is_not_blamed_on_pongs() -> None:
    found = judged(watched("listen", 180), watched("mute", 60, how="FIN without Close"))

    assert found.value["noticed_after_s"] is None
    assert "ended after 60.0 s all the same" in found.answer


def test_a_connection_that_ended_early_says_nothing_of_later_pings() -> None:
    found = judged(watched("listen", 20, how="FIN without Close"), watched("mute", 20, how="FIN without Close"))

    assert found.answer == "no ping before the connection ended by itself after 20.0 s (FIN without Close)"


@pytest.mark.parametrize(
    "listen", [watched("listen", 41, 20, 40, how="Close 1001", code=1001), watched("listen", 40, 20)]
)
def test_unanswered_pings_are_not_blamed_where_nobody_is_seen_to_outlive_them(listen: Watched) -> None:
    found = judged(listen, MUTE, watched("wrong", 41, 20, how="Close 1001", code=1001))

    assert found.value["noticed_after_s"] is None
    assert "unanswered pings end it" not in found.answer
    assert actual(found, "wrong").startswith("not tested")


def test_first_pings_at_one_moment_are_no_interval() -> None:
    found = judged(watched("listen", 30, 12), watched("mute", 30, 11.8), watched("wrong", 30, 11.6))

    assert found.value["ping_interval_s"] is None
    assert found.answer.startswith("a ping came after 12.0 s")


def test_what_follows_unanswered_pings_is_not_taken_for_the_interval() -> None:
    found = judged(watched("listen", 70, 20, 40, 60), watched("mute", 26, 20, 22, 24, how="RST", code=1006))

    assert found.value == {"ping_interval_s": 20.0, "noticed_after_s": 26.0, "code": 1006}


def test_a_short_look_does_not_say_that_it_never_pings() -> None:
    assert "it may ping later" in judged(watched("listen", 60), watched("mute", 60)).answer


def test_unanswered_pings_may_go_unnoticed() -> None:
    found = judged(LISTEN, watched("mute", 180, 20, 40, 60, 80))

    assert "not noticed in 3 min 00 s" in found.answer
    assert found.value["noticed_after_s"] is None


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        (watched("wrong", 60, 20, 40), "pongs with another payload count"),
        (watched("wrong", 41, 20, how="Close 1011", code=1011), "pongs with another payload do not count"),
        (watched("wrong", 20, 20, how="Close 1002", code=1002), "end it after 20.0 s: Close 1002"),
        (watched("wrong", 41, 20), "inconclusive"),
    ],
)
def test_other_pongs_count_if_they_outlive_the_mute_connection(connection: Watched, said: str) -> None:
    assert said in actual(judged(LISTEN, MUTE, connection), "wrong")


@pytest.mark.parametrize(
    ("tries", "said"),
    [
        ((SilentPath(10, "held"), SilentPath(60, "forgotten")), "forgets a dead peer between 10.0 s and 60.0 s"),
        ((SilentPath(10, "forgotten"),), "forgets a dead peer within 10.0 s"),
        ((SilentPath(10, "held"), SilentPath(300, "held")), "still holds a dead peer after 5 min 00 s"),
        ((SilentPath(10, "forgotten"), SilentPath(60, "held")), "inconclusive"),
        ((SilentPath(10, "nothing"),), "inconclusive"),
        ((), "not tested"),
    ],
)
def test_a_silent_path_is_forgotten_between_two_silences(tries: tuple[SilentPath, ...], said: str) -> None:
    assert said in actual(judged(LISTEN, MUTE, silent=tries), "silent-path")


def test_a_computer_that_slept_makes_it_inconclusive() -> None:
    assert judged(LISTEN, MUTE, stalled_ns=60 * S).verdict.startswith("inconclusive")
