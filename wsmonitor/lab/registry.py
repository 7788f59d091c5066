"""Finds the scenarios that `scenarios.SCENARIOS` names; a broken one is reported and left out."""

import importlib
import logging
from collections.abc import Iterable

from wsmonitor.lab.scenario import AnyScenario, Scenario
from wsmonitor.lab.scenarios import SCENARIOS

_log = logging.getLogger(__name__)


def load_scenarios(names: Iterable[str] = SCENARIOS) -> dict[str, AnyScenario]:
    """Scenarios by id, in the order of `names`."""
    loaded = {}
    for name in names:
        try:
            scenario = importlib.import_module(f"wsmonitor.lab.scenarios.{name}").SCENARIO
            if not isinstance(scenario, Scenario) or scenario.id != name:
                raise TypeError(f"expected SCENARIO with id {name!r}, found {scenario!r}")
        except Exception:  # whatever a broken file does at import, the others must be served
            _log.exception("Lab scenario %s is broken and left out", name)
        else:
            loaded[name] = scenario
    return loaded
