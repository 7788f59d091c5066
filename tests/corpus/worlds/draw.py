"""What a world is made of: limits, traffic, paths, accidents, naps."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.corpus.worlds import causes, traffic
from tests.corpus.worlds.causes import Cause
from tests.corpus.worlds.traffic import Talk
from wsmonitor.settings.endpoint_settings import PingConfig

LIMITS_S = (5.0, 7.0, 11.0, 13.0, 17.0, 25.0, 30.0, 41.0, 60.0, 75.0, 100.0, 130.0, 300.0, 350.0)
_VAGUE = ("fin", "rst", "1011 ", "1011 internal error", "4000 ")


@dataclass
class Draw:
    """All that is drawn once for a world; times are seconds."""

    causes: list[Cause]
    talks: list[Talk]
    ping: PingConfig
    connections: int
    others: int = 0
    late_s: float = 5.0
    """Endpoints start within so long of each other."""
    pause_s: float = 1.0
    path_s: float = 0.02
    patience_s: float = 3_600.0
    """A connection that lives so long is left open."""
    horizon_s: float = 20_000.0
    refusals: float = 0.0
    naps: tuple[tuple[float, float], ...] = field(default=())


def draw(dice: random.Random) -> Draw:
    """A world."""
    scale_s = dice.choice(LIMITS_S)
    drawn = Draw([], [], PingConfig(), dice.choice((3, 4, 6, 9, 14, 20, 30)))
    drawn.path_s = math.exp(dice.uniform(math.log(0.0005), math.log(0.3)))
    drawn.pause_s = dice.choice((0.5, 1.0, 8.0))
    drawn.patience_s = 40 * scale_s + 300
    _draw_traffic(dice, drawn, scale_s)
    kind = dice.choice(("null", "null", "healthy", "single", "single", "single", "pair", "pair", "host"))
    if kind == "healthy":
        _draw_healthy(dice, drawn, scale_s)
    elif kind == "null":
        drawn.causes.append(_accidents(dice, scale_s))
        drawn.others = dice.choice((0, 0, 3, 8))
    elif kind == "host":
        _draw_host(dice, drawn, scale_s)
    else:
        drawn.causes.append(_pattern(dice, scale_s))
        if kind == "pair":
            drawn.causes.append(_pattern(dice, dice.choice(LIMITS_S)))
        if dice.random() < 0.5:
            drawn.causes.append(_accidents(dice, dice.uniform(2, 20) * scale_s))
        if dice.random() < 0.25:
            drawn.causes.append(causes.forced(dice.uniform(2, 10) * scale_s))
        if dice.random() < 0.2:
            drawn.refusals = dice.uniform(0, 0.3)
    if any(cause.rule == "idle_timeout" for cause in drawn.causes) and dice.random() < 0.7:
        _fall_silent(dice, drawn, scale_s)
    if dice.random() < 0.12:
        _draw_naps(dice, drawn)
    return drawn


def _fall_silent(dice: random.Random, drawn: Draw, scale_s: float) -> None:
    """Both sides talk for a while and then stop, as it takes for an idle limit to show."""
    drawn.ping = PingConfig(enabled=False)
    kinds, mean_s = ("say", "move"), dice.choice((0.5, 2.0, 0.1 * scale_s))
    for_s = dice.choice((0.5, 2.0, 5.0)) * scale_s
    drawn.talks = [traffic.chat(mean_s, kinds=kinds, answered=True, for_s=for_s)]
    if dice.random() < 0.3:
        drawn.talks.append(traffic.news(0.3 * scale_s, regular=dice.random() < 0.4, for_s=for_s))


def _draw_healthy(dice: random.Random, drawn: Draw, scale_s: float) -> None:
    drawn.causes.append(causes.rotation(dice.choice((scale_s, 600.0, 3600.0)), dice.choice((1000, 1001))))
    if dice.random() < 0.5:
        drawn.causes.append(causes.forced(dice.uniform(0.5, 10) * scale_s))
    drawn.horizon_s = 6_000.0


def _draw_host(dice: random.Random, drawn: Draw, scale_s: float) -> None:
    """Several endpoints of one host, which restarts; or everybody has a limit of his own."""
    drawn.others = dice.randint(3, 8)
    drawn.late_s = dice.choice((1.0, 60.0, 600.0))
    moments = tuple(sorted(dice.uniform(1_000, 7_900) for _ in range(dice.randint(1, 4))))
    drawn.horizon_s = moments[-1] + dice.choice((5.0, 30.0, 1_000.0))
    if dice.random() < 0.7:
        how = dice.choice(("1012 service restart", "1001 going away", "fin", "rst"))
        drawn.causes.append(causes.restarts(moments, how, dice.choice((0.05, 0.3, 1.0))))
    if dice.random() < 0.6:
        drawn.causes.append(_accidents(dice, dice.uniform(0.5, 20) * scale_s))
    if not drawn.causes or dice.random() < 0.3:
        drawn.causes.append(_pattern(dice, scale_s))


def _draw_naps(dice: random.Random, drawn: Draw) -> None:
    at_s, naps = 0.0, []
    for _ in range(dice.randint(1, 3)):
        at_s += dice.uniform(200, 3_000)
        naps.append((at_s, at_s + dice.uniform(60, 2_000)))
        at_s = naps[-1][1]
    drawn.naps = tuple(naps)
    drawn.causes.append(causes.sleep(drawn.naps))


def _draw_traffic(dice: random.Random, drawn: Draw, scale_s: float) -> None:
    every_s = dice.choice((20.0, 20.0, 5.0, 25.0, 0.5 * scale_s, 0.97 * scale_s, 1.3 * scale_s))
    drawn.ping = PingConfig(enabled=dice.random() < 0.6, interval_s=every_s)
    if drawn.ping.enabled:
        drawn.talks.append(traffic.pings(every_s, _round_trips(dice, drawn.path_s)))
    for_s = dice.choice((None, 0.5 * scale_s, scale_s, 3 * scale_s))
    if dice.random() < 0.8:
        kinds = ("say", "move", "export") if dice.random() < 0.5 else ("say", "say", "say", "move", "move", "export")
        mean_s = dice.choice((0.5, 3.0, 0.3 * scale_s, 2 * scale_s))
        drawn.talks.append(traffic.chat(mean_s, kinds=kinds, answered=dice.random() < 0.7, for_s=for_s))
    if dice.random() < 0.5:
        mean_s = dice.choice((1.0, 5.0, 0.3 * scale_s, 2 * scale_s))
        drawn.talks.append(traffic.news(mean_s, regular=dice.random() < 0.4, for_s=for_s))


def _round_trips(dice: random.Random, path_s: float) -> Callable[[random.Random], float]:
    """Noise of a usual sort: a floor, a tail, and a spike now and then."""
    sigma = dice.choice((0.05, 0.3, 0.8))
    spikes = dice.choice((0.0, 0.0, 0.02, 0.1))
    return lambda die: path_s * die.lognormvariate(0, sigma) + (0.2 if die.random() < spikes else 0.0)


def _pattern(dice: random.Random, limit_s: float) -> Cause:
    """One cause that a rule knows."""
    kind = dice.choice(("idle", "idle", "idle", "lifetime", "lifetime", "poison", "count", "middlebox", "token"))
    how = dice.choice(_VAGUE)
    if kind == "idle":
        check_s = dice.choice((0.02, 0.005 * limit_s, 0.03 * limit_s, 1.0, 0.1 * limit_s))
        return causes.idle(limit_s, dice.choice(("both", "both", "rx", "tx")), check_s, how)
    if kind == "lifetime":
        return causes.lifetime(limit_s, dice.choice((0.0005, 0.003, 0.01, 0.05)), how)
    if kind == "poison":
        return causes.poison(dice.choice(("fin", "1011 internal error", "rst")))
    if kind == "count":
        return causes.count(dice.choice((5, 16, 50, 200)), dice.choice(("fin", "1008 ", "1011 ")))
    if kind == "middlebox":
        return causes.middlebox(limit_s)
    return causes.token(5 * limit_s)


def _accidents(dice: random.Random, mean_s: float) -> Cause:
    hows = tuple(dice.sample(("fin", "rst", "1011 internal error", "1001 going away", "4000 "), dice.randint(1, 4)))
    if dice.random() < 0.3:
        return causes.skewed(dice.uniform(0.2, 0.9) * mean_s, mean_s, hows)
    return causes.accident(mean_s, hows)
