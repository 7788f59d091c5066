"""How many openings a second are taken: paces that rise until one is refused, then the pace that it suggests."""

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.limits.facts import LimitFacts, Rate
from wsmonitor.experiments.politeness import OPENINGS_PER_S, RefusedError

RATES = (1, 2, 5)
FASTEST = 10
"""On this machine and in private networks only."""
RATE_S = 5.0
ROOM = 1.07
"""Openings are so much further apart than the pace says: a limit of just that pace must not be met by jitter."""
SLOW = 1.3
WINDOW_S = 1.0
NORMAL, NO_CODE = 1000, 1005
PAUSE_S = 1.2
"""Between paces: what was opened at the one before must not count."""
RECOVERY_S = 3.0
"""So long nothing is opened after a refusal."""


async def measure_rate(bench: Bench, facts: LimitFacts) -> None:
    """Open and close at each pace; what is refused says how many were taken before. Later openings keep to it."""
    paces = (*RATES, FASTEST) if bench.seen.is_private else RATES
    try:
        for per_s in paces:
            facts.rates.append(await _open_at(bench, per_s))
            if facts.rates[-1].refusal:
                await _narrow(bench, facts)
            if facts.rates[-1].refusal or facts.rates[-1].was_slow or facts.openings_per_s is not None:
                break
    finally:
        bench.politeness.forgive()
        if facts.openings_per_s is not None:
            bench.politeness.hurry(max(1, min(OPENINGS_PER_S, facts.openings_per_s)))


async def _narrow(bench: Bench, facts: LimitFacts) -> None:
    """Try the pace that the refused one suggests; where not even a slower one is taken any more, it is no pace."""
    refused = facts.rates[-1]
    fine = facts.rates[-2].per_s if len(facts.rates) > 1 else 0
    within_a_window = refused.refused_after_s < WINDOW_S
    guess = refused.opened if within_a_window and fine < refused.opened < refused.per_s else fine or 1
    for per_s in dict.fromkeys((guess, guess - 1)):
        if per_s < max(1, fine):
            return
        bench.politeness.forgive()
        await bench.sleep(RECOVERY_S)
        facts.rates.append(await _open_at(bench, per_s))
        if not facts.rates[-1].refusal:
            return


async def _open_at(bench: Bench, per_s: int) -> Rate:
    """Open at one pace for a while, until one is refused."""
    rate = Rate(per_s)
    await bench.sleep(PAUSE_S)
    bench.politeness.hurry(2 * per_s)  # the pace is kept here
    began_ns = bench.now_ns()
    for number in range(round(per_s * RATE_S)):
        await bench.sleep(max(0.0, number * ROOM / per_s - (bench.now_ns() - began_ns) / 1e9))
        try:
            rate.refusal = await _open_and_close(bench)
        except (OpeningError, RefusedError) as error:
            rate.refusal = str(error)
        if rate.refusal:
            rate.refused_after_s = (bench.now_ns() - began_ns) / 1e9
            return rate
        rate.opened += 1
    rate.was_slow = (bench.now_ns() - began_ns) / 1e9 > SLOW * RATE_S
    return rate


async def _open_and_close(bench: Bench) -> str:
    """Close at once; whether it was turned away instead tells the code of the server's Close."""
    line = await bench.open(group="rate", retries=False, settles=False)
    await line.close(bench.patience_s)
    is_ours = line.end is None or line.end.how != "close" or line.end.code in (NORMAL, NO_CODE)
    return "" if is_ours else f"turned away ({line.end})"
