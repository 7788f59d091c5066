"""The common frame: what is asked before and after, how it ends, and how polite it is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.experiments.asking import ask
from tests.experiments.model_server import Habits
from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.experiment import Circumstances, Experiment, Judgement
from wsmonitor.experiments.line.frames import CLOSE, close_payload
from wsmonitor.experiments.politeness import RefusedError
from wsmonitor.facts.answers import Bound

Facts = list[str]
OPENINGS = 6


def experiment(run: Callable[[Bench, Facts], Awaitable[None]], *, limit_s: float = 20.0) -> Experiment[Facts]:
    return Experiment(
        name="try",
        question="does it?",
        bound=lambda _options, _private: Bound(time_s=limit_s, openings=OPENINGS, connections=3, sent_bytes=1000),
        predict=lambda seen, _options: f"as {seen.server} does",
        facts=list,
        run=run,
        judge=_judge,
    )


def _judge(facts: Facts, around: Circumstances) -> Judgement:
    control = "control lived" if around.control_lived else "control died"
    return Judgement(verdict="finding", answer=f"{facts} {control}")


async def _asks(bench: Bench, facts: Facts) -> None:
    line = await bench.open()
    facts.append("answered" if await line.round_trip(1.0) is not None else "silent")


def test_the_method_is_judged_with_what_it_found() -> None:
    answer = ask(experiment(_asks), Habits(headers=(("Server", "model/1"),)))

    assert (answer.status, answer.verdict, answer.answer) == ("completed", "finding", "['answered'] control lived")
    assert answer.prediction == "as model/1 does"


def test_nothing_runs_where_the_server_cannot_be_reached() -> None:
    answer = ask(experiment(_asks), Habits(refuses_after=0))

    assert (answer.status, answer.verdict) == ("failed", "not tested: the server refused twice: HTTP 429, HTTP 429")


def test_nothing_runs_where_pings_are_not_answered() -> None:
    answer = ask(experiment(_asks), Habits(idle_s=0.001, resets="nothing", ends="forget"))

    assert answer.status == "failed"
    assert answer.verdict == "not tested: a ping was not answered within 3 s"


async def _opens_for_ever(bench: Bench, facts: Facts) -> None:
    while True:
        line = await bench.open()
        facts.append(f"{bench.now_ns() / 1e9:.1f}")
        await line.close()


def test_no_more_is_opened_than_was_announced_and_never_faster_than_five_a_second() -> None:
    answer = ask(experiment(_opens_for_ever), Habits())

    assert answer.status == "aborted"
    assert "the bound of 6 openings is reached" in answer.not_told[-1]
    assert answer.sent[0].startswith(f"{OPENINGS} connections opened")
    moments = [float(moment) for moment in answer.answer.partition("]")[0].strip("[").replace("'", "").split(",")]
    assert moments[-1] - moments[0] >= (len(moments) - 1) * 0.2 - 0.05


async def _opens_two(bench: Bench, facts: Facts) -> None:
    for _ in range(2):
        line = await bench.open()
        facts.append(f"{bench.now_ns() / 1e9:.0f}")
        await line.close()


def test_what_was_refused_once_is_tried_again_later_and_all_else_more_slowly() -> None:
    answer = ask(experiment(_opens_two), Habits(refuses=(3,)))

    assert answer.status == "completed"
    first, second = (int(moment) for moment in answer.answer.partition("]")[0].strip("[").replace("'", "").split(","))
    assert second - first >= 2


async def _provokes(bench: Bench, facts: Facts) -> None:
    for _ in range(3):
        line = await bench.open()
        line.send(CLOSE, close_payload(1008))
        await line.ended(1.0)
        facts.append(str(line.end))


def test_an_answer_to_what_we_sent_is_no_refusal() -> None:
    answer = ask(experiment(_provokes), Habits())

    assert answer.answer == "['Close 1008', 'Close 1008', 'Close 1008'] control lived"


async def _says_whether_alone(bench: Bench, facts: Facts) -> None:
    line = await bench.open()
    facts.append(f"alone {bench.seen.is_single}, answered {await line.round_trip(1.0) is not None}")


@pytest.mark.parametrize("allowed", [1, 2])
def test_the_control_connection_makes_room_where_there_is_room_for_one(allowed: int) -> None:
    answer = ask(experiment(_says_whether_alone), Habits(allowed=allowed))

    assert answer.answer == f"['alone {allowed == 1}, answered True'] control lived"


async def _ignores_refusals(bench: Bench, facts: Facts) -> None:
    while True:
        try:
            await bench.open()
        except OpeningError as error:
            facts.append(str(error))


def test_it_stops_after_two_refusals_and_says_so() -> None:
    answer = ask(experiment(_ignores_refusals), Habits(refuses_after=1))

    assert answer.status == "aborted"
    assert answer.not_told == ("ended early: the server refused twice: HTTP 429, HTTP 429",)


async def _holds_all(bench: Bench, facts: Facts) -> None:
    held = [await bench.open() for _ in range(2)]
    opening = asyncio.create_task(bench.open())
    await bench.sleep(5)
    facts.append(f"third after 5 s: {opening.done()}")
    await held[0].close()
    await opening
    facts.append("then it opened")


def test_no_more_are_held_at_once_than_was_announced() -> None:
    answer = ask(experiment(_holds_all), Habits())

    assert answer.answer == "['third after 5 s: False', 'then it opened'] control lived"


async def _waits(bench: Bench, facts: Facts) -> None:
    facts.append("began")
    await bench.sleep(1000)


def test_what_was_found_is_judged_when_it_is_stopped() -> None:
    answer = ask(experiment(_waits), Habits(), stop_after_s=3)

    assert (answer.status, answer.answer) == ("interrupted", "['began'] control lived")


def test_a_method_that_does_not_end_is_ended() -> None:
    answer = ask(experiment(_waits), Habits())

    assert answer.status == "aborted"


def test_a_control_connection_that_died_meanwhile_is_told_to_the_judge() -> None:
    async def waits(bench: Bench, _facts: Facts) -> None:
        await bench.sleep(10)

    answer = ask(experiment(waits), Habits(outage_at_s=5))

    assert answer.answer == "[] control died"


def test_a_bug_in_the_method_is_not_swallowed() -> None:
    async def breaks(_bench: Bench, _facts: Facts) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(experiment(breaks), Habits())


def test_a_refusal_is_an_error_of_its_own() -> None:
    async def refuses(_bench: Bench, _facts: Facts) -> None:
        raise RefusedError("no more")

    assert ask(experiment(refuses), Habits()).not_told == ("ended early: no more",)
