"""How sure an answer is, and what "none of n" allows one to say."""

from wsmonitor.text.units import percent

CAP = 0.95
LEAST = 0.3
"""An answer less sure than this is called inconclusive."""


def confidence(samples: int, *, agreeing: int | None = None, control_lived: bool = True) -> float:
    """From 0 to 0.95: one sample 0.5, two 0.75, three 0.875 ..., times the share that agrees.

    Half of that where the control connection did not live: something else may have happened.
    """
    if samples <= 0:
        return 0.0
    share = 1.0 if agreeing is None else agreeing / samples
    sure = (1 - 0.5**samples) * share * (1.0 if control_lived else 0.5)
    return round(min(CAP, sure), 3)


def up_to_share(tries: int) -> float:
    """The share that may still be bad where none of `tries` was: the rule of three (95 %, Hanley 1983)."""
    return min(1.0, 3 / tries) if tries else 1.0


def none_of(tries: int, what: str) -> str:
    """`none of 110 early messages was lost (up to 3% could be)`."""
    return f"none of {tries} {what} (up to {percent(up_to_share(tries))} could be)"
