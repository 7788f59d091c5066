"""Servers whose limit is known: is it found, is it told what resets it, and is nothing claimed where nothing is?"""

import random

import pytest

from tests.experiments.asking import ask
from tests.experiments.model_server import Ends, Habits, Resets
from wsmonitor.diagnosis.measured import LEAST_SURE
from wsmonitor.experiments.idle.experiment import EXPERIMENT
from wsmonitor.facts.answers import ExperimentAnswer, Number

WORDS = {
    "any": "any byte",
    "client": "any byte",  # told apart only where the server speaks by itself
    "server": "server bytes",
    "data": "data",
    "nothing": "nothing",
}


def told_of(answer: ExperimentAnswer) -> tuple[Number, Number]:
    return answer.value["limit_s"], answer.value["reset_by"]


@pytest.mark.parametrize("ends", ["fin", "close", "rst", "forget", "forget_rst"])
@pytest.mark.parametrize("resets", list(WORDS))
def test_the_limit_is_found_and_what_resets_it(resets: str, ends: str) -> None:
    habits = Habits(idle_s=20, resets=resets, ends=ends)  # type: ignore[arg-type]  # literals of that very type

    answer = ask(EXPERIMENT, habits, message="hi")

    assert answer.verdict == "finding"
    assert answer.value["limit_s"] == pytest.approx(20, rel=0.05)
    assert answer.value["reset_by"] == WORDS[resets]
    assert answer.confidence > 0.8


@pytest.mark.parametrize("seed", range(40))
def test_a_limit_drawn_at_random_is_right_within_its_own_error(seed: int) -> None:
    dice = random.Random(seed)
    idle_s = dice.uniform(5, 600)
    habits = Habits(
        idle_s=idle_s,
        resets=dice.choice(["any", "client", "server", "data", "nothing"]),
        ends=dice.choice(["fin", "close", "rst", "forget", "forget_rst"]),
    )

    answer = ask(EXPERIMENT, habits, max_s=idle_s * dice.uniform(1.5, 4), message="hi")

    limit_s, error_s = answer.value["limit_s"], answer.error["limit_s"]
    assert isinstance(limit_s, float)
    assert isinstance(error_s, float)
    assert abs(limit_s - idle_s) <= error_s + 0.05
    assert answer.value["reset_by"] == WORDS[habits.resets]


def test_a_public_server_is_asked_with_fewer_connections_and_found_all_the_same() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=100, ends="forget"), max_s=300, is_private=False)

    assert answer.bound.connections == 15
    assert answer.value["limit_s"] == pytest.approx(100, rel=0.05)


def test_the_bytes_of_the_client_are_told_apart_where_the_server_speaks() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=30, resets="client", pushes_s=2))

    assert answer.value["reset_by"] == "client bytes"


@pytest.mark.parametrize(("resets", "told"), [("data", "data"), ("nothing", "nothing")])
def test_without_a_message_a_text_of_ours_tells_whether_messages_would_do(resets: Resets, told: str) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=20, resets=resets))

    assert told_of(answer) == (20.0, told)


def test_a_server_that_answers_no_text_of_ours_is_not_said_to_end_whatever_is_sent() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=20, resets="nothing", echoes=False))

    assert told_of(answer) == (20.0, "nothing")
    assert answer.answer == "ends at the age of 20.0 s: neither pings nor pongs nor a text of ours reset it"
    assert answer.confidence < LEAST_SURE, "it decides no finding"
    assert any("--message" in line for line in answer.not_told)


def test_a_first_message_that_is_waited_for_is_told_from_a_limit_on_silence() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=20, resets="first message"))

    assert answer.answer == "ends after 20.0 s unless a message comes first: one is enough, pings do not count"
    assert answer.value["first_message_s"] == 20.0


@pytest.mark.parametrize("resets", ["any", "data"])
def test_a_server_that_passes_messages_on_does_not_hide_its_limit(resets: Resets) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=20, resets=resets, broadcasts=True), message="hi")

    assert answer.value["limit_s"] == pytest.approx(20, rel=0.05)
    assert answer.value["reset_by"] == WORDS[resets]


@pytest.mark.parametrize("ends", ["close", "fin"])
def test_connections_that_are_turned_away_at_once_are_no_limit(ends: Ends) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=30, room=4, ends=ends))

    assert answer.value["limit_s"] == pytest.approx(30, rel=0.05)
    assert answer.value["reset_by"] == "any byte"


def test_a_healthy_server_has_no_limit() -> None:
    answer = ask(EXPERIMENT, Habits())

    assert (answer.verdict, answer.value["limit_s"], answer.status) == ("as expected", None, "completed")
    assert answer.value["survived_s"] == pytest.approx(180, rel=0.05)


def test_pings_of_the_server_protect_the_connection() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=60, pings_s=20))

    assert answer.verdict == "as expected"
    assert "the server's own pings every 20.0 s" in answer.answer
    assert answer.value["survived_s"] is None


def test_an_outage_is_no_timer() -> None:
    answer = ask(EXPERIMENT, Habits(outage_at_s=40))

    assert (answer.verdict, answer.status) == ("as expected", "completed")
    assert any("everything ended together" in row for row in answer.evidence)


def test_a_limit_that_varies_is_a_range() -> None:
    dice = random.Random(1)

    answer = ask(EXPERIMENT, Habits(idle_s=20, jitter=lambda: dice.uniform(0.8, 1.2)))

    assert answer.answer.startswith("ends after 16.")
    assert isinstance(answer.error["limit_s"], float)
    assert answer.error["limit_s"] > 1.5


@pytest.mark.parametrize("allowed", [1, 2, 3, 4, 5, 6, 7])
def test_a_server_that_keeps_few_connections_is_asked_with_one_at_a_time(allowed: int) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=30, allowed=allowed))

    assert answer.value["limit_s"] == pytest.approx(30, rel=0.05)
    assert any("one connection at a time" in row for row in answer.evidence)


@pytest.mark.parametrize("ends", ["forget", "forget_rst"])
@pytest.mark.parametrize("allowed", [1, 2])
@pytest.mark.parametrize("idle_s", [5, 12, 20])
def test_a_connection_that_is_forgotten_is_told_by_one_at_a_time_too(idle_s: float, allowed: int, ends: Ends) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=idle_s, allowed=allowed, ends=ends))

    assert answer.value["limit_s"] == pytest.approx(idle_s, rel=0.05)
    assert answer.value["reset_by"] in ("any byte", None)


def test_what_too_few_silences_bracket_is_told_as_a_bracket() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=60, allowed=1, ends="forget"))

    assert answer.value["limit_s"] is None
    assert answer.verdict.startswith("inconclusive: between 20.3 s and 2 min")


@pytest.mark.parametrize("allowed", [9, 12, 15, 20, 24, 26])
@pytest.mark.parametrize("idle_s", [None, 6, 10])
def test_making_room_is_no_limit_however_many_are_kept(allowed: int, idle_s: float | None) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=idle_s, allowed=allowed), max_s=120)

    limit_s, reset = told_of(answer)
    assert limit_s is None or limit_s == pytest.approx(idle_s, rel=0.05)
    assert reset in ("any byte", None)


@pytest.mark.parametrize("begin_s", [20, 29, 30, 31, 33])
def test_a_server_that_hangs_has_no_limit(begin_s: float) -> None:
    answer = ask(EXPERIMENT, Habits(hangs=(begin_s, begin_s + 9)), max_s=30)

    assert answer.value["limit_s"] is None
    assert "forgets" not in answer.answer


@pytest.mark.parametrize("sweep_s", [0.5, 1.0, 3.3, 10.0])
@pytest.mark.parametrize("idle_s", [8, 20, 30])
def test_a_server_that_only_looks_from_time_to_time_has_its_limit_all_the_same(idle_s: float, sweep_s: float) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=idle_s, sweep_s=sweep_s))

    limit_s, error_s = answer.value["limit_s"], answer.error["limit_s"]
    assert isinstance(limit_s, float)
    assert isinstance(error_s, float)
    assert abs(limit_s - idle_s) <= max(0.05 * idle_s, error_s)
    assert error_s <= 0.05 * idle_s + sweep_s / 2
    assert answer.value["reset_by"] == "any byte"


def test_a_limit_shorter_than_the_beat_is_looked_at_again_with_a_faster_one() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=1.5))

    assert answer.value["limit_s"] == pytest.approx(1.5, rel=0.05)
    assert answer.value["reset_by"] == "any byte"


def test_a_computer_that_slept_meanwhile_makes_it_inconclusive() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=30), sleep_after_s=10)

    assert answer.verdict.startswith("inconclusive: this computer stood still")


@pytest.mark.parametrize(("idle_s", "told"), [(30, False), (100, True)])
def test_standing_still_spoils_only_times_that_are_not_much_longer(idle_s: float, told: bool) -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=idle_s), sleep_after_s=10, asleep_s=2)

    assert (answer.value["limit_s"] is not None) is told


def test_a_server_that_refuses_more_is_left_alone() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=30, refuses_after=2))

    assert answer.verdict.startswith("inconclusive")
    assert int(answer.sent[0].split()[0]) <= 5


def test_what_was_found_until_it_was_stopped_is_kept() -> None:
    answer = ask(EXPERIMENT, Habits(idle_s=10), stop_after_s=13)

    assert answer.status == "interrupted"
    assert answer.value["limit_s"] == pytest.approx(10, rel=0.05)
