"""The first-send experiment: many openings, each with a message after another delay, in shuffled order."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass

from wsmonitor.experiments.bench import Bench, Seen
from wsmonitor.experiments.experiment import Experiment
from wsmonitor.experiments.first_send.facts import FirstSendFacts, Try
from wsmonitor.experiments.first_send.finer import CUTS, finer, last_lost
from wsmonitor.experiments.first_send.judge import judge
from wsmonitor.experiments.first_send.oracle import Asked, ask
from wsmonitor.experiments.line.frames import CLOSE, PONG, TEXT, encode
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import MOST_CONNECTIONS, OPENINGS_PER_S
from wsmonitor.facts.answers import Bound

BESIDE = 5
ENDING_S = 24.0


DELAYS_MS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""After 50 ms is too early to stop: whatwg/html#1271 saw 350 ms."""
TRIES = 10
ORACLE_DELAY_S = 1.5
ANSWER_S = 3.0
"""An answer so late still counts."""
ORACLE_S = 10.0
SLOWER = 4
"""Early messages may be answered so much later than others."""
FINER_ROUNDS = 4
FINER_TRIES = 3
MOST_FINER = FINER_ROUNDS * FINER_TRIES * CUTS
SEED = 20260


async def run(bench: Bench, facts: FirstSendFacts) -> None:
    """Look for an oracle on a connection that had time, try every delay, then more around the last that loses."""
    oracle_ns = await _oracle_ns(bench)
    facts.has_oracle = oracle_ns is not None
    if oracle_ns is None:
        return
    answer_s = max(ANSWER_S, bench.patience_s, SLOWER * oracle_ns / 1e9)
    order = [delay for delay in DELAYS_MS for _ in range(_tries(bench))]
    random.Random(SEED).shuffle(order)
    await _try_all(bench, facts, order, answer_s)
    for _ in range(FINER_ROUNDS):
        await _try_all(bench, facts, finer(last_lost(facts.fair)) * FINER_TRIES, answer_s)


async def _try_all(bench: Bench, facts: FirstSendFacts, delays_ms: Iterable[int], answer_s: float) -> None:
    """A try for each delay, side by side unless the server keeps one connection at a time."""
    async with asyncio.TaskGroup() as group:
        for delay_ms in delays_ms:
            early = _Early(ask(bench.options), delay_ms)
            line = await bench.open(group=f"{delay_ms} ms", on_open=early.go)
            bench.ledger.note("message")
            following = group.create_task(_follow(bench, facts, line, early, answer_s), name="early message")
            if bench.seen.is_single:
                await following


def _tries(bench: Bench) -> int:
    """As many of each as the bound allows."""
    most = FINER_TRIES if bench.seen.is_single else TRIES
    return max(1, min(most, (bench.politeness.bound.openings - MOST_FINER - 5) // len(DELAYS_MS)))


async def _oracle_ns(bench: Bench) -> int | None:
    """How long a message that is not early waits for its answer; None where none comes."""
    line = await bench.open(group="oracle")
    await bench.sleep(ORACLE_DELAY_S)
    asked = ask(bench.options)
    line.write(encode(TEXT, asked.message))
    sent_ns = bench.now_ns()
    bench.ledger.note("message")
    await line.until(lambda: not line.is_up or _answered_at(line, asked) is not None, ORACLE_S)
    answered_ns = _answered_at(line, asked)
    await line.close()
    return None if answered_ns is None else answered_ns - sent_ns


@dataclass
class _Early:
    """A message that goes out by itself, `delay_ms` after the answer to the upgrade request was read."""

    asked: Asked
    delay_ms: int
    sent_ns: int = 0

    def go(self, line: Line) -> None:
        """The answer was read."""
        if self.delay_ms == 0:
            self._send(line)
        else:
            asyncio.get_running_loop().call_later(self.delay_ms / 1000, self._send, line)

    def _send(self, line: Line) -> None:
        if not line.is_up:
            return
        self.sent_ns = line.now_ns()
        line.write(encode(TEXT, self.asked.message))


async def _follow(bench: Bench, facts: FirstSendFacts, line: Line, early: _Early, answer_s: float) -> None:
    """See what becomes of the message."""
    asked = early.asked
    wait_s = early.delay_ms / 1000 + answer_s
    await line.until(lambda: not line.is_up or _answered_at(line, asked) is not None, wait_s)
    assert line.response is not None
    if not early.sent_ns:
        facts.refusals.add(str(line.end))
        line.drop()
        return
    opened_ns, sent_ns = line.response.at_ns, early.sent_ns
    answered_ns = _answered_at(line, asked)
    unasked = [one.at_ns for one in line.frames if one.opcode not in (PONG, CLOSE) and not asked.is_answered_by(one)]
    facts.tries.append(
        Try(
            delay_ms=early.delay_ms,
            actual_ns=sent_ns - opened_ns,
            answered_ns=None if answered_ns is None else answered_ns - sent_ns,
            how=str(line.end) if line.end is not None and answered_ns is None else "",
            upgrade_ns=opened_ns - line.opened_ns,
            first_frame_ns=unasked[0] - opened_ns if unasked and unasked[0] < sent_ns else None,
        )
    )
    await line.close()


def _answered_at(line: Line, asked: Asked) -> int | None:
    return next((frame.at_ns for frame in line.messages if asked.is_answered_by(frame)), None)


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    """Ten tries for each delay, fewer where there is less time for them."""
    in_time = max(1, int((options.max_s - ENDING_S) * OPENINGS_PER_S / len(DELAYS_MS)))
    openings = min(TRIES, in_time) * len(DELAYS_MS) + BESIDE + MOST_FINER
    return Bound(
        time_s=min(options.max_s, openings / OPENINGS_PER_S + ENDING_S),
        openings=openings,
        connections=MOST_CONNECTIONS,
        sent_bytes=openings * (600 + len(options.message)),
    )


def predict(seen: Seen, options: ExperimentOptions) -> str:
    """What should be."""
    return "no message is lost: what comes with the opening is for the handler"


EXPERIMENT = Experiment(
    name="first-send",
    question="is a message lost that is sent right after the opening?",
    bound=bound,
    predict=predict,
    facts=FirstSendFacts,
    run=run,
    judge=judge,
    least_s=15.0,
)
