"""Several short lives in a row: something that ends them at once, or mere chance among lives of any length?"""

from collections.abc import Sequence
from math import exp

from wsmonitor.diagnosis.connection_record import ConnectionRecord

PRESUMED_NS = 2_000_000_000
"""Where nothing else is known, connections may as well live for about so long at random."""
DOUBTFUL = 0.01
IN_DOUBT = 0.4
"""How sure at most where chance, or a message of ours, explains as much."""


def chance(run: Sequence[ConnectionRecord], others: Sequence[ConnectionRecord], now_ns: int, *,
           presumed_ns: int = PRESUMED_NS) -> float:  # fmt: skip
    """How often so many lives in a row are so short where every life ends at random, as the others suggest."""
    lived_ns = presumed_ns + sum(record.age_ns(now_ns) for record in others)
    ends = [record for record in others if record.verdict is not None]
    mean_ns = lived_ns / (1 + len(ends))
    share = 1.0 - exp(-max(record.life_ns for record in run) / mean_ns)
    return float(min(1.0, (1 + len(ends)) * share ** len(run)))
