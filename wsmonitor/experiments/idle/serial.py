"""One connection at a time, for servers that keep one a user: the groups in a row, silences one after the other."""

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.idle.keeping import keep
from wsmonitor.experiments.idle.ladder import is_narrow
from wsmonitor.experiments.idle.lives import Group, IdleFacts, Life
from wsmonitor.experiments.idle.resets import lives_from_ns
from wsmonitor.experiments.idle.silence import read_silence
from wsmonitor.experiments.politeness import RefusedError

GAP_S = 2.0
FIRST_SHARE = 0.45
"""So much of the time goes to the first silence: whoever announces a limit does so meanwhile."""
_S = 1_000_000_000


async def one_at_a_time(bench: Bench, facts: IdleFacts, *, left_s: float) -> None:
    """Find a silence that ends it, halve the bracket where nobody says when, then try each group just beyond."""
    deadline_ns = bench.now_ns() + round(left_s * _S)
    bench.politeness.refusals.clear()  # it refused several at once; from here there is one
    bench.say("one connection at a time: the server does not keep several")
    turn = _Turns(bench, facts, deadline_ns)
    try:
        silence_s = turn.left_s * FIRST_SHARE
        while await turn.keep("S", silence_s):
            silence = read_silence(facts.of("S"))
            if silence.kind == "none":
                silence_s = turn.left_s
            elif silence.kind == "forgotten" and not is_narrow(silence.low_ns, silence.high_ns):
                silence_s = silence.middle_ns / _S
            else:
                break
        silence = read_silence(facts.of("S"))
        if silence.has_limit:
            beyond_s = (lives_from_ns(silence, facts.beat_ns) + facts.beat_ns) / _S
            groups: tuple[Group, ...] = ("P", "U", "D") if facts.has_message else ("P", "U")
            for group in groups:
                await turn.keep(group, beyond_s)
            await turn.keep("S", beyond_s)
    except (OpeningError, RefusedError):
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

    async def keep(self, group: Group, seconds: float) -> bool:
        """Keep one connection for so long; false where no time is left for it."""
        if seconds > self.left_s or seconds <= 0:
            return False
        await self._bench.sleep(GAP_S)
        line = await self._bench.open(group=group, planned_s=seconds)
        assert line.response is not None
        self._number += 1
        life = Life(self._number, group, round(seconds * _S), line.response.at_ns)
        self._facts.lives.append(life)
        await keep(self._bench, line, life, beat_ns=self._facts.beat_ns, watched_ns=lambda: life.planned_ns)
        await line.close()
        return True
