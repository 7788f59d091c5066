"""One line of a comparison."""

from typing import Literal

from msgspec import Struct

Outcome = Literal["better", "worse", "no difference shown", "too few samples", ""]
Value = int | float | str | None


class Row(Struct, frozen=True):
    """A value before and after; `unit` is `ns`, `%`, `/h` or empty. `outcome` is empty for what is not tested."""

    name: str
    before: Value
    after: Value
    unit: str = ""
    outcome: Outcome = ""
