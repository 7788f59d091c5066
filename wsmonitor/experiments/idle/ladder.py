"""Which silences to try: a ladder of rungs, and its refinement once the limit is between two of them."""

SHORTEST_S = 3.0
FINE_RATIO = 1.07
"""Rungs too long to be refined within the time are so close that the middle of two is right to 3.5 %."""
ROOM_TO_REFINE = 2.4
"""A limit up to the longest rung divided by this is refined once: the ladder and one more round fit into the time."""
ENOUGH_FOR_FINE = 20
"""With fewer rungs none are spent on it."""
SAMPLES = 3
"""So many try the longest silence: what announces its end is seen so often by them alone."""
GOOD_ENOUGH = 0.05
"""A bracket so narrow, relative to its middle, needs no refinement."""


def ladder(longest_s: float, count: int) -> tuple[float, ...]:
    """At most `count` silences in seconds, rising to `longest_s`: coarse where time is left to refine, fine above."""
    shortest_s = min(SHORTEST_S, longest_s / 4)
    coarse_to_s = max(shortest_s, longest_s / ROOM_TO_REFINE)
    fine = [longest_s]
    most_fine = round((count - SAMPLES) * 0.6) if count >= ENOUGH_FOR_FINE else 1
    while fine[-1] / FINE_RATIO > coarse_to_s and len(fine) < most_fine:
        fine.append(fine[-1] / FINE_RATIO)
    left = count - len(fine) - (SAMPLES - 1)
    top_s = fine[-1]
    ratio = (top_s / shortest_s) ** (1 / left) if left > 0 else 1.0
    coarse = [shortest_s * ratio**step for step in range(left)]
    return tuple(round(rung, 3) for rung in (*coarse, *reversed(fine), *[longest_s] * (SAMPLES - 1)))


def refined(low_s: float, high_s: float, parts: int) -> tuple[float, ...]:
    """The silences that cut the bracket into equal parts; none where it is narrow enough already."""
    if is_narrow(low_s, high_s):
        return ()
    step_s = (high_s - low_s) / parts
    return tuple(round(low_s + step_s * index, 3) for index in range(1, parts))


def is_narrow(low_s: float, high_s: float) -> bool:
    """Whether the middle of the bracket is right to 2.5 %."""
    return high_s - low_s <= GOOD_ENOUGH * (high_s + low_s) / 2
