"""One line of a comparison."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["better", "worse", "no difference shown", "too few samples", ""]
Value = int | float | str | None


@dataclass(frozen=True)
class Row:
    """A value before and after; `unit` is `ns`, `%`, `/h` or empty. `outcome` is empty for what is not tested."""

    name: str
    before: Value
    after: Value
    unit: str = ""
    outcome: Outcome = ""
