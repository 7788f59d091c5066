"""Every experiment: one file (or room) each, and one line in this tuple, in the order in which `all` asks them."""

from wsmonitor.experiments.experiment import AnyExperiment, Experiment
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.registry import entries

_NAMES = (
    "checks.origins",
    "checks.closing",
    "checks.protocol",
    "first_send.experiment",
    "limits.experiment",
    "keepalive.experiment",
    "idle.experiment",
)

EXPERIMENTS: tuple[AnyExperiment, ...] = entries("wsmonitor.experiments", _NAMES, "EXPERIMENT", Experiment)
"""What is quick comes first."""


def find(name: str) -> AnyExperiment:
    """The experiment of this name. Raises `WsmonitorError` where there is none."""
    for experiment in EXPERIMENTS:
        if experiment.name == name:
            return experiment
    known = ", ".join(one.name for one in EXPERIMENTS)
    raise WsmonitorError(f"no experiment is called {name!r}; there are: {known}")
