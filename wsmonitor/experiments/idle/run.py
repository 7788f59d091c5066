"""The method: four groups at once, one ladder of silences, and the limit cut in parts where nobody announces it."""

import asyncio
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.first_send.oracle import Asked, ask
from wsmonitor.experiments.idle.keeping import keep
from wsmonitor.experiments.idle.ladder import ladder, refined
from wsmonitor.experiments.idle.lives import Group, IdleFacts, Life
from wsmonitor.experiments.idle.resets import lives_from_ns, messages_wanted
from wsmonitor.experiments.idle.serial import one_at_a_time
from wsmonitor.experiments.idle.silence import Silence, is_common, is_range, is_replaced, read_silence
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.politeness import RefusedError

GAPS_S = (0.25, 0.5)
"""Between openings, drawn so that no sums agree: what ends together, or as others open, is no timer."""
GAPS_SEED = 545
"""With it the times between five connections and the n-th after each differ by 149 ms at least, whatever n is."""
LONGEST_BEAT_S = 5.0
SHORTEST_BEAT_S = 0.1
ENOUGH = 5
"""So many silent connections that ended alike need no more of them."""
ENOUGH_OF_A_RANGE = 9
"""... or so many where each ends after another time."""
REPEATS = 2
PRIVATE = (26, 12)
PUBLIC = (12, 6)
"""Rungs of the ladder, and parts of its refinement."""
COMING_BACK_TRIES = 5
COMING_BACK_S = 2.0
BESIDE: tuple[Group, ...] = ("P", "U")
MESSAGES_A_LIMIT = 4
"""So many messages are sent within what ends a silent connection."""
_S = 1_000_000_000


async def run(bench: Bench, facts: IdleFacts) -> None:
    """Fill the facts; ends early once they say enough."""
    started_ns = bench.now_ns()
    rungs, parts = PRIVATE if bench.seen.is_private else PUBLIC
    longest_s = bench.options.max_s
    facts.longest_ns = round(longest_s * _S)
    facts.has_message = bool(bench.options.message)
    facts.beat_ns = round(min(LONGEST_BEAT_S, ladder(longest_s, rungs)[0] / 3) * _S)
    beside: tuple[Group, ...] = (*BESIDE, "D") if facts.has_message else BESIDE
    for _ in range(1 + REPEATS):
        turn = _Turn(bench, facts)
        await turn.run(ladder(_left_s(bench, started_ns), rungs), beside=beside)
        if turn.is_passed_on:
            beside = BESIDE
            facts.lives.clear()
            continue
        if turn.is_alone:
            facts.lives.clear()
            facts.is_serial = True
            await one_at_a_time(bench, facts, left_s=_left_s(bench, started_ns))
            return
        if not is_common(facts.lives):
            break
        ended = [life for life in facts.lives if life.ending == "announced"]
        facts.outages.append(ended[0].ended_ns - bench.now_ns() + bench.clock.wall_ns())
        if _left_s(bench, started_ns) < longest_s / 2:
            return
        facts.lives.clear()
    silence = read_silence(facts.lives)
    if silence.kind == "announced" and silence.high_ns < 3 * facts.beat_ns:
        await _faster(bench, facts, silence)
    if silence.is_unspared and (longest_s := 3 * silence.swept_ns / _S) < _left_s(bench, started_ns):
        bench.say("more silent connections: the server only looks from time to time")
        await _Turn(bench, facts).run((longest_s,) * 2 * parts, beside=beside)
    silence = await _narrowed(bench, facts, started_ns, parts)
    if silence.has_limit and messages_wanted(facts, silence):
        await _with_messages(bench, facts, silence, left_s=_left_s(bench, started_ns))


async def _narrowed(bench: Bench, facts: IdleFacts, started_ns: int, parts: int) -> Silence:
    """What the silent ones say, once the silence after which nobody says a word was cut into parts."""
    silence = read_silence(facts.lives)
    while silence.kind == "forgotten":
        cuts = refined(silence.low_ns / _S, silence.high_ns / _S, parts)
        if not cuts or _left_s(bench, started_ns) < cuts[-1]:
            break
        bench.say(f"between {cuts[0]:.0f} and {cuts[-1]:.0f} s, in {parts} parts")
        await _Turn(bench, facts).run(cuts, beside=("P",))
        narrower = read_silence(facts.lives)
        if narrower.kind != "forgotten" or narrower.error_ns >= silence.error_ns:
            return narrower
        silence = narrower
    return silence


async def _with_messages(bench: Bench, facts: IdleFacts, silence: Silence, *, left_s: float) -> None:
    """Pings were in vain: see whether messages help, and whether one at first is enough."""
    message_beat_ns = max(facts.beat_ns, silence.low_ns // MESSAGES_A_LIMIT)
    beyond_ns = lives_from_ns(silence, facts.beat_ns) + facts.beat_ns
    if (beyond_ns + message_beat_ns) / _S > left_s:
        return
    bench.say("messages")
    bench.politeness.forgive()  # it refused many at once; from here there are two
    turn = _Turn(bench, facts, message_beat_ns=message_beat_ns, beyond_ns=beyond_ns)
    await turn.run((), beside=messages_wanted(facts, silence))


async def _faster(bench: Bench, facts: IdleFacts, silence: Silence) -> None:
    """The same again with a beat that is short against a limit that short."""
    facts.lives.clear()
    facts.beat_ns = max(round(SHORTEST_BEAT_S * _S), silence.low_ns // 5)
    longest_s = 2 * silence.high_ns / _S
    await _Turn(bench, facts).run((longest_s,) * ENOUGH, beside=BESIDE)


def _left_s(bench: Bench, started_ns: int) -> float:
    return bench.options.max_s - (bench.now_ns() - started_ns) / _S


def _gaps_s() -> Iterator[float]:
    dice = random.Random(GAPS_SEED)
    while True:
        yield dice.uniform(*GAPS_S)


@dataclass
class _Turn:
    """Opens connections one after the other and keeps them all until the facts say enough."""

    bench: Bench
    facts: IdleFacts
    message_beat_ns: int = 0
    """Between messages, where that is not the beat of pings."""
    beyond_ns: int = 0
    """The age at which a connection has outlived the limit, where that is known beforehand."""
    is_alone: bool = False
    """The server keeps one connection only, or fewer than the groups need."""
    is_passed_on: bool = False
    """The server passes messages on to others: those were not silent."""
    _horizon_ns: int | None = None
    """The age up to which the groups beside the silent one are watched, once a limit is known."""
    _late_ns: int = 0
    """How long after its time we woke at most."""
    _lives: list[Life] = field(default_factory=list)
    _lines: list[tuple[Group, Line, Asked]] = field(default_factory=list)
    _keepers: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, rungs: Iterable[float], *, beside: tuple[Group, ...] = ()) -> None:
        """Keep a silent connection for each rung, the longest first; `beside` are opened before them."""
        silent: list[tuple[Group, float]] = [("S", rung) for rung in sorted(rungs, reverse=True)]
        longest_s = silent[0][1] if silent else self.beyond_ns / _S
        planned = [*((group, longest_s) for group in beside), *silent]
        numbers = itertools.count(1)
        try:
            for (group, planned_s), gap_s in zip(planned, _gaps_s(), strict=False):
                if self._is_needed(group, planned_s):
                    if not await self._open(next(numbers), group, planned_s):
                        break
                    await self._wait(gap_s)
            while self._keepers and not self._is_enough():
                await self._wait(None)
        finally:
            for keeper in self._keepers:
                keeper.cancel()
            await asyncio.gather(*self._keepers, return_exceptions=True)
            self._keepers.clear()

    async def _open(self, number: int, group: Group, planned_s: float) -> bool:
        """Open one more; false where the server wants no more."""
        try:
            line = await self._opened(group, planned_s)
        except (RefusedError, OpeningError):
            if not self._lives:
                raise
            self.is_alone = self.is_alone or len(self._keepers) <= len(BESIDE)
            return False
        assert line.response is not None
        life = Life(number, group, round(planned_s * _S), line.response.at_ns)
        self._lives.append(life)
        self.facts.lives.append(life)

        def watched_ns() -> int:
            if self.beyond_ns:
                return self.beyond_ns + (life.spoke_ns or self.message_beat_ns if group == "F" else 0)
            if group == "S" or self._horizon_ns is None:
                return life.planned_ns
            return min(life.planned_ns, self._horizon_ns)

        asked = ask(self.bench.options)
        self._lines.append((group, line, asked))
        beat_ns = self.message_beat_ns or self.facts.beat_ns
        keeping = keep(self.bench, line, life, asked, beat_ns=beat_ns, watched_ns=watched_ns)
        keeper = asyncio.create_task(keeping, name=f"keep {group} {number}")
        keeper.add_done_callback(self._keepers.discard)
        keeper.add_done_callback(lambda _: line.drop())
        self._keepers.add(keeper)
        return True

    async def _opened(self, group: Group, planned_s: float) -> Line:
        """A connection; the first of a turn is tried for a while, as the server may just come back."""
        for _ in range(0 if self._lives else COMING_BACK_TRIES):
            try:
                return await self.bench.open(group=group, planned_s=planned_s)
            except OpeningError:
                await self.bench.sleep(COMING_BACK_S)
        return await self.bench.open(group=group, planned_s=planned_s)

    async def _wait(self, seconds: float | None) -> None:
        """Until the time has passed; without one, until one more connection came to its end."""
        if seconds is not None:
            due_ns = self.bench.now_ns() + round(seconds * _S)
            await self.bench.sleep(seconds)
            self._late_ns = max(self._late_ns, self.bench.now_ns() - due_ns)
        elif self._keepers:
            await asyncio.wait(self._keepers, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0)
        self._look()

    def _look(self) -> None:
        """See whether a limit is known by now, and how long the others must be watched."""
        self.is_alone = self.is_alone or is_replaced(self._lives, late_ns=self._late_ns)
        self.is_passed_on = not self.beyond_ns and self._others_heard()
        silence = read_silence(self.facts.lives)
        if silence.has_limit and not self._silent_needed(silence):
            self._horizon_ns = lives_from_ns(silence, self.facts.beat_ns) + self.facts.beat_ns

    def _others_heard(self) -> bool:
        """Whether a message of ours came on a connection that sent none."""
        told = [asked for group, _, asked in self._lines if group == "D"]
        heard = [frame for group, line, _ in self._lines if group != "D" for frame in line.messages]
        return any(asked.is_answered_by(frame) for frame in heard for asked in told)

    def _is_needed(self, group: Group, planned_s: float) -> bool:
        """Whether one more connection could still say something."""
        silence = read_silence(self.facts.lives)
        if self.is_alone or self.is_passed_on:
            return False
        return group != "S" or not silence.has_limit or _can_tell(silence, round(planned_s * _S))

    def _silent_needed(self, silence: Silence) -> bool:
        """Whether silent connections still run that could say something."""
        running = [life for life in self._lives if not life.is_done and life.group == "S"]
        return any(_can_tell(silence, life.planned_ns) for life in running)

    def _is_enough(self) -> bool:
        """Whether nothing that still runs can change the answer."""
        silence = read_silence(self.facts.lives)
        if self.is_alone or self.is_passed_on:
            return True
        if silence.is_unspared and any(life.ending == "announced" for life in self._lives):
            return True
        if not silence.has_limit or self._silent_needed(silence):
            return False
        return all(life.is_done for life in self._lives if life.group != "S")


def _can_tell(silence: Silence, planned_ns: int) -> bool:
    """Whether a silence of this length says more of a limit that is known by now."""
    if silence.kind == "announced":
        wanted = ENOUGH_OF_A_RANGE if is_range(silence) else ENOUGH
        return planned_ns > silence.high_ns and silence.samples < wanted
    return silence.low_ns < planned_ns < silence.high_ns
