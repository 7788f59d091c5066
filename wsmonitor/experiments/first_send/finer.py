"""From which delay on no message is lost, and which delays would tell more closely. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wsmonitor.experiments.first_send.facts import Try

CUTS = 4
NARROW = 0.1
CHANCE = 0.01
"""Losses that fall among the early messages by chance as often as this are not for being early."""
AGREEING = 2
"""So many answers say that nothing is lost any more."""
STRAYED = 10
"""A loss after so many answers in a row has another reason ..."""
STRAYS = 0.03
"""... where no more than this share of all are such."""
_MS = 1_000_000


@dataclass(frozen=True)
class Edge:
    """Messages sent `lost_ms` after the 101 are lost at times, those sent `safe_ms` after it and later never."""

    lost_ms: float
    safe_ms: float


def last_lost(tries: Sequence[Try]) -> Edge | None:
    """The edge, by the times at which messages were sent in truth; None without one.

    What was answered later than others may have been on its way for as much longer, and come after the edge; so may
    the 101, from which we count, where that took longer than others. One answer alone may be neither.
    """
    lost = [one.actual_ns for one in early_losses(tries)]
    answered = [(one.actual_ns, one.answered_ns + one.upgrade_ns) for one in tries if one.answered_ns is not None]
    usual_ns = min((took_ns for _, took_ns in answered), default=0)
    came = [sent_ns + took_ns - usual_ns for sent_ns, took_ns in answered]
    safe = sorted(at_ns for at_ns in came if at_ns > max(lost, default=0))
    return Edge(max(lost) / _MS, safe[:AGREEING][-1] / _MS) if lost and safe else None


def early_losses(tries: Sequence[Try]) -> list[Try]:
    """The tries that were lost, without a few that were lost though many before them, less late, were not."""
    early: list[Try] = []
    strays: list[Try] = []
    answered_before = 0
    for one in sorted(tries, key=lambda one: one.actual_ns):
        if one.answered_ns is not None:
            answered_before += 1
        elif strays or answered_before >= STRAYED:
            strays.append(one)
        else:
            early.append(one)
            answered_before = 0
    return early if len(strays) <= max(1, STRAYS * len(tries)) else early + strays


def finer(edge: Edge | None) -> list[int]:
    """Delays in ms that cut the edge in equal parts; none where it is close enough."""
    if edge is None or edge.safe_ms - edge.lost_ms <= max(1.0, NARROW * edge.safe_ms):
        return []
    step = (edge.safe_ms - edge.lost_ms) / (CUTS + 1)
    return sorted({round(edge.lost_ms + step * cut) for cut in range(1, CUTS + 1)})


def by_chance(tries: Sequence[Try], edge: Edge) -> float:
    """How often as many losses would all fall before the edge if they had nothing to do with being early."""
    lost = len(early_losses(tries))
    early = sum(one.actual_ns < edge.safe_ms * _MS for one in tries)
    return math.comb(early, lost) / math.comb(len(tries), lost)
