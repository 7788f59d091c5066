"""The one line about an endpoint: what it says in each of its five moods."""

import re
from dataclasses import replace as changed

from msgspec.structs import replace

from tests.corpus.history import QUIET, START_NS, History, ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.headline import Headline, headline
from wsmonitor.facts.events import WAITS_ITS_TURN, State
from wsmonitor.settings.endpoint_settings import PingConfig


class Watched:
    """An endpoint whose history is fed up to the moment that is asked for."""

    def __init__(self) -> None:
        self.history = History("headline", ping=QUIET)
        self.line = self.history.line
        self.analyzer = Analyzer(START_NS, START_NS)
        self.analyzer.add_endpoint(self.history.configs[0])
        self._fed_ns = 0

    def says(self, at_s: float) -> Headline:
        self.analyzer.feed([event for event in self.history.finished(at_s) if self._fed_ns < event.at_ns <= ns(at_s)])
        self._fed_ns = ns(at_s)
        return headline(self.analyzer.snapshot(ns(at_s)), "voice")

    def drops(self, *busy: int) -> None:
        for busy_s in busy:
            self.line.open(self.line.now_s + 4)
            for second in range(busy_s):
                self.line.send(self.line.opened_s + second + 1, answer=b"ok")
            self.line.close(self.line.now_s + 15)


def test_a_connection_that_holds_is_fine_and_has_its_own_age() -> None:
    watched = Watched()
    watched.line.open(1)
    watched.line.pings(400, 20)

    said = watched.says(423)

    assert (said.level, said.text) == ("fine", "Open for 7 min 02 s · no connection was lost")


def test_the_first_wait_is_the_first_attempt() -> None:
    watched = Watched()
    watched.drops(3)
    watched.says(watched.line.now_s)
    snapshot = watched.analyzer.snapshot(ns(watched.line.now_s))
    waiting = replace(snapshot.endpoints[0], state=State.BACKOFF, attempt=0)

    said = headline(changed(snapshot, endpoints=(waiting,)), "voice")

    assert said.state == "Waiting to dial again, attempt 1"


def test_a_wait_for_the_dials_of_others_is_told_with_whose_they_are() -> None:
    watched = Watched()
    watched.drops(3)
    watched.says(watched.line.now_s)
    snapshot = watched.analyzer.snapshot(ns(watched.line.now_s))
    why = "30 redials a minute to host:80 used up, 27 by “broken”"
    waiting = replace(snapshot.endpoints[0], state=State.BACKOFF, cause=f"{WAITS_ITS_TURN}{why}")

    said = headline(changed(snapshot, endpoints=(waiting,)), "voice")

    assert said.state == f"Waits its turn: {why}"


def test_before_there_are_enough_ends_it_says_how_many_are_wanted() -> None:
    watched = Watched()
    watched.drops(3, 9)

    said = watched.says(watched.line.now_s + 3)

    assert said.level == "learning"
    assert "lost 2 times, last 3.0 s ago" in said.text
    assert said.sure == ""


def test_a_finding_stands_with_rhythm_who_how_why_and_how_sure() -> None:
    watched = Watched()
    watched.drops(3, 9, 20, 5, 8)

    said = watched.says(watched.line.now_s + 3)

    assert said.level == "failing"
    assert said.how == "peer or proxy: FIN without a Close frame"
    assert "without a byte" in said.because
    assert said.text.endswith("% sure")
    assert said.rhythm == "lost 5 times, last 3.0 s ago"


def test_even_gaps_are_told_as_a_rhythm() -> None:
    watched = Watched()
    watched.drops(5, 5, 5, 5, 5)

    assert watched.says(watched.line.now_s + 3).rhythm == "lost every 24.1 s, 5 times"


def test_what_helped_is_told_once_the_losses_stop() -> None:
    watched = Watched()
    watched.drops(3, 9, 20, 5, 8)
    watched.says(watched.line.now_s + 3)
    watched.analyzer.add_endpoint(replace(watched.history.configs[0], ping=PingConfig(interval_s=6.5)))
    watched.line.open(watched.line.now_s + 4)
    watched.line.pings(watched.line.opened_s + 420, 6.5)

    said = watched.says(watched.line.now_s)

    assert said.level == "mended"
    assert "no such end since it pings every 6.5 s (for " in said.text


def test_what_is_withdrawn_is_told_with_its_reason_where_nothing_else_stands() -> None:
    watched = Watched()
    line = watched.line
    levels = []
    for life_s in (20, 20, 20.2, 31):
        line.open(line.now_s + 2)
        line.receive(line.opened_s + 1)
        line.close_code(line.opened_s + life_s, 1011, "out of memory")
        levels.append(watched.says(line.now_s + 1).level)

    said = watched.says(line.now_s + 3)

    assert levels == ["learning", "learning", "failing", "learning"]
    assert re.match("no longer “.+ 20 s”, because what was seen since does not fit the limit; .", said.because)
    assert watched.says(line.now_s + 305).because == ""


def test_what_was_never_started_is_idle() -> None:
    assert Watched().says(5).text == "Idle"


def test_a_reason_of_the_server_is_more_than_nothing() -> None:
    watched = Watched()
    watched.line.open()
    for second in range(75):
        watched.line.send(watched.line.opened_s + second + 1, answer=b"ok")
    watched.line.close_code(watched.line.opened_s + 75.2, 1011, "out of memory")

    said = watched.says(watched.line.now_s + 1)

    assert "out of memory" in said.how
    assert said.because == "the server's own words; no pattern found yet"


def test_losses_whose_closures_are_kept_no_longer_count_all_the_same() -> None:
    watched = Watched()
    watched.drops(3, 9)
    watched.says(watched.line.now_s + 60)
    snapshot = watched.analyzer.snapshot(ns(watched.line.now_s + 60))

    without = headline(changed(snapshot, closures=()), "voice")
    newest = headline(changed(snapshot, closures=snapshot.closures[-1:]), "voice")

    assert "no connection was lost" not in without.text
    assert newest.rhythm.startswith("lost 2 times, last ")


def test_a_connection_that_does_not_answer_is_not_fine() -> None:
    watched = Watched()
    watched.line.open(1)
    watched.line.pings(60, 20)
    watched.says(61)
    snapshot = watched.analyzer.snapshot(ns(61))
    silent = replace(snapshot.endpoints[0], state=State.DEGRADED, misses_in_a_row=2)

    said = headline(changed(snapshot, endpoints=(silent,)), "voice")

    assert said.level == "learning"
    assert said.text == "Open for 60.0 s, 2 heartbeats in a row not answered · no cause found yet"


def test_why_it_did_not_open_is_not_told_beside_how_it_was_lost() -> None:
    watched = Watched()
    watched.drops(3, 9, 20, 5)
    for _ in range(4):
        watched.line.fail("tcp", "refused")

    waiting = watched.says(watched.line.now_s + 0.05)
    watched.line.open()
    again = watched.says(watched.line.now_s + 2)

    assert (waiting.finding and waiting.finding.rule, waiting.rhythm, waiting.how) == ("refused", "", "")
    assert (again.finding and again.finding.rule, again.rhythm[:12]) == ("idle_timeout", "lost 4 times")


def test_less_than_a_second_is_told_in_words() -> None:
    watched = Watched()
    watched.drops(3)

    assert "last just now" in watched.says(watched.line.now_s + 0.5).rhythm
    watched.line.open(watched.line.now_s + 4)
    assert watched.says(watched.line.opened_s + 0.3).state == "Just opened"
