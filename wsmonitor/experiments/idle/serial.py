"""One connection at a time, for servers that keep one a user: the groups in a row, silences one after the other."""

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.first_send.oracle import ask
from wsmonitor.experiments.idle.keeping import keep
from wsmonitor.experiments.idle.lives import Group, IdleFacts, Life
from wsmonitor.experiments.idle.resets import lives_from_ns, messages_wanted
from wsmonitor.experiments.idle.silence import read_silence
from wsmonitor.experiments.politeness import RefusedError

GAP_S = 2.0
ANSWER_S = 6.0
"""Left for the ping after the first silence."""
_S = 1_000_000_000


async def one_at_a_time(bench: Bench, facts: IdleFacts, *, left_s: float) -> None:
    """Be silent as long as there is time: whoever announces a limit does so meanwhile. Then each group just beyond.

    Of a connection that is forgotten without a word no more is told than that: more silences take more time.
    """
    deadline_ns = bench.now_ns() + round(left_s * _S)
    bench.politeness.forgive()  # it refused several at once; from here there is one
    bench.say("one connection at a time: the server does not keep several")
    turn = _Turns(bench, facts, deadline_ns)
    try:
        await turn.keep("S", turn.left_s - ANSWER_S)
        silence = read_silence(facts.of("S"))
        if silence.has_limit:
            beyond_s = (lives_from_ns(silence, facts.beat_ns) + 3 * facts.beat_ns) / _S
            groups: tuple[Group, ...] = ("P", "U")
            for group in groups:
                await turn.keep(group, beyond_s)
            for group in messages_wanted(facts, silence):
                await turn.keep(group, beyond_s)
            await turn.keep("S", beyond_s)
    except (OpeningError, RefusedError):
        if not facts.lives:
            raise


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
        line = await self._bench.open(group=group, planned_s=seconds, retries=False)
        assert line.response is not None
        self._number += 1
        life = Life(self._number, group, round(seconds * _S), line.response.at_ns)
        self._facts.lives.append(life)
        asked, beat_ns = ask(self._bench.options), self._facts.beat_ns
        await keep(self._bench, line, life, asked, beat_ns=beat_ns, watched_ns=lambda: life.planned_ns)
        await line.close()
        return True
