"""One connection at a time, for servers that keep one a user: silences in a row, then each group just beyond."""

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.first_send.oracle import ask
from wsmonitor.experiments.idle.keeping import keep
from wsmonitor.experiments.idle.ladder import SHORTEST_S, is_narrow
from wsmonitor.experiments.idle.lives import Group, IdleFacts, Life
from wsmonitor.experiments.idle.resets import lives_from_ns, messages_wanted
from wsmonitor.experiments.idle.silence import Silence, read_silence
from wsmonitor.experiments.politeness import RefusedError

GAP_S = 2.0
ANSWER_S = 6.0
"""Left for the ping after a silence."""
RISE = 2.6
PARTS = 7
"""Silences grow as long as one takes no more than this part of the time that is left."""
_S = 1_000_000_000


async def one_at_a_time(bench: Bench, facts: IdleFacts, *, left_s: float) -> None:
    """Silences that grow, the last as long as there is time; then each group just beyond what ended one.

    Whoever announces a limit does so in the last one at the latest. What is forgotten without a word is looked for
    between the longest silence that was survived and the shortest that was not.
    """
    deadline_ns = bench.now_ns() + round(left_s * _S)
    bench.politeness.forgive()  # it refused several at once; from here there is one
    bench.say("one connection at a time: the server does not keep several")
    turns = _Turns(bench, facts, deadline_ns)
    try:
        await _rise(turns)
        await _narrow(turns)
        silence = turns.silence
        if silence.has_limit:
            beyond_s = (lives_from_ns(silence, facts.beat_ns) + 3 * facts.beat_ns) / _S
            groups: tuple[Group, ...] = ("P", "U")
            for group in groups:
                await turns.keep(group, beyond_s)
            for group in messages_wanted(facts, silence):
                await turns.keep(group, beyond_s)
        if silence.kind == "announced":
            await turns.keep("S", beyond_s)
    except (OpeningError, RefusedError):
        if not facts.lives:
            raise


async def _rise(turns: "_Turns") -> None:
    seconds = SHORTEST_S
    while seconds <= turns.left_s / PARTS and turns.silence.kind in ("unknown", "none"):
        await turns.keep("S", seconds)
        seconds *= RISE
    if turns.silence.kind in ("unknown", "none"):
        await turns.keep("S", turns.left_s - ANSWER_S)


async def _narrow(turns: "_Turns") -> None:
    """Halve what is between; where one silence alone was not survived, try that one again: the server may have hung."""
    while (silence := turns.silence).kind == "forgotten":
        low_s, high_s = silence.low_ns / _S, silence.high_ns / _S
        is_found = is_narrow(low_s, high_s)
        if is_found and turns.forgotten > 1:
            return
        seconds = high_s if is_found else (low_s + high_s) / 2
        if not await turns.keep("S", seconds, answer_s=ANSWER_S):
            return


class _Turns:
    """Connections in a row until the time is over."""

    def __init__(self, bench: Bench, facts: IdleFacts, deadline_ns: int) -> None:
        self._bench = bench
        self._facts = facts
        self._deadline_ns = deadline_ns
        self._number = 0

    @property
    def left_s(self) -> float:
        """Time for one more."""
        return (self._deadline_ns - self._bench.now_ns()) / _S - GAP_S

    @property
    def silence(self) -> Silence:
        """What the silent ones say so far."""
        return read_silence(self._facts.lives)

    @property
    def forgotten(self) -> int:
        """How many silent ones were not answered any more."""
        return sum(life.ending in ("reset", "forgotten") for life in self._facts.of("S"))

    async def keep(self, group: Group, seconds: float, *, answer_s: float = 0.0) -> bool:
        """Keep one connection for so long; false where no time is left for it and its answer."""
        if seconds + answer_s > self.left_s or seconds <= 0:
            return False
        await self._bench.sleep(GAP_S)
        line = await self._bench.open(group=group, planned_s=seconds, retries=False)
        assert line.response is not None
        self._number += 1
        life = Life(self._number, group, round(seconds * _S), line.response.at_ns)
        self._facts.lives.append(life)
        asked, beat_ns = ask(self._bench.options), self._facts.beat_ns
        watching = keep(
            self._bench, line, life, asked, beat_ns=beat_ns, watched_ns=lambda: life.planned_ns, is_alone=True
        )
        await watching
        await line.close()
        return True
