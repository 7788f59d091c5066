"""What each scenario does on the wire, checked with the bare client: one coroutine a scenario, named after it.

Times are scaled down by parameters. Where a time is a claim, only the lower bound is checked closely:
a busy machine may be late, never early.
"""

from collections.abc import Awaitable, Callable

from tests.lab.claims import closing, data, endings, healthy, heartbeats, long_runs, opening, slow

_MODULES = (healthy, slow, heartbeats, endings, closing, data, opening, long_runs)

Claim = Callable[[str], Awaitable[None]]
"""Takes the scenario's URL without parameters; fails the test where the scenario does something else."""


def claim_of(scenario_id: str) -> Claim:
    """The claim of a scenario; fails the test of one that has none."""
    for module in _MODULES:
        if claim := getattr(module, scenario_id, None):
            found: Claim = claim
            return found
    raise AssertionError(f"no claim: add `async def {scenario_id}(url)` to a module of tests/lab/claims")
