"""Finds the scenarios that `scenarios.SCENARIOS` names; a broken one is reported and left out."""

import importlib
import logging
from collections.abc import Iterable

from wsmonitor.lab.scenario import AnyScenario, Scenario
from wsmonitor.lab.scenarios import SCENARIOS

_log = logging.getLogger(__name__)
_PLACES = {name.rpartition(".")[2]: name for name in SCENARIOS}


def load_scenarios(ids: Iterable[str] = tuple(_PLACES)) -> dict[str, AnyScenario]:
    """Scenarios by id, in the order of `ids`."""
    loaded = {}
    for wanted in ids:
        try:
            scenario = importlib.import_module(f"wsmonitor.lab.scenarios.{_PLACES[wanted]}").SCENARIO
            if not isinstance(scenario, Scenario) or scenario.id != wanted:
                raise TypeError(f"expected SCENARIO with id {wanted!r}, found {scenario!r}")
        except Exception:  # whatever a broken file does at import, the others must be served
            _log.exception("Lab scenario %s is broken and left out", wanted)
        else:
            loaded[wanted] = scenario
    return loaded
