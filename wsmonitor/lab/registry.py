"""Reads the files that `scenarios.SCENARIOS` names as scenarios; a broken one is reported and left out."""

import importlib
import logging
from collections.abc import Iterable

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.scenario import Scenario
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


def load_scenarios(ids: Iterable[str] = tuple(_PLACES)) -> dict[str, Scenario]:
    """Scenarios by id, in the order of `ids`."""
    loaded = {}
    for wanted in ids:
        try:
            loaded[wanted] = _read(_PLACES[wanted])
        except Exception:  # whatever a broken file does at import, the others must be served
            _log.exception("Lab scenario %s is broken and left out", wanted)
    return loaded


def _read(place: str) -> Scenario:
    file = importlib.import_module(f"wsmonitor.lab.scenarios.{place}")
    room, _, name = place.partition(".")
    return Scenario(
        id=name,
        group=_GROUPS[room],
        hint=file.HINT,
        parameters=getattr(file, "Parameters", NoParameters),
        run=getattr(file, "run", None),
        open_port=getattr(file, "open_port", None),
        also_at=getattr(file, "ALSO_AT", ()),
    )
