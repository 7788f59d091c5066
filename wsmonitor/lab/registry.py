"""Finds the scenarios that `scenarios.SCENARIOS` names; a broken one is reported and left out."""

import importlib
import logging
from collections.abc import Iterable
from dataclasses import replace

from wsmonitor.lab.scenario import AnyScenario, Scenario
from wsmonitor.lab.scenarios import SCENARIOS

_log = logging.getLogger(__name__)
_PLACES = {name.rpartition(".")[2]: name for name in SCENARIOS}
_GROUPS = {
    "healthy": "Healthy",
    "slow": "Slow",
    "heartbeats": "Heartbeats",
    "endings": "Endings by time and accident",
    "codes": "Close codes",
    "closing": "The closing handshake",
    "data": "Data and frames",
    "opening": "The opening",
    "long_runs": "Long runs",
}
"""Room -> its heading on the page and in the table."""


def load_scenarios(ids: Iterable[str] = tuple(_PLACES)) -> dict[str, AnyScenario]:
    """Scenarios by id, in the order of `ids`."""
    loaded = {}
    for wanted in ids:
        try:
            place = _PLACES[wanted]
            scenario = importlib.import_module(f"wsmonitor.lab.scenarios.{place}").SCENARIO
            if not isinstance(scenario, Scenario):
                raise TypeError(f"expected SCENARIO to be a Scenario, found {scenario!r}")
            scenario = replace(scenario, id=wanted, group=_GROUPS[place.partition(".")[0]])
        except Exception:  # whatever a broken file does at import, the others must be served
            _log.exception("Lab scenario %s is broken and left out", wanted)
        else:
            loaded[wanted] = scenario
    return loaded
