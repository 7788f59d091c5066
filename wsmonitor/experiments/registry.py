"""Every experiment: one file (or room) each, and one line in this tuple."""

from wsmonitor.experiments.checks.experiments import CLOSE, PROTOCOL, SECURITY
from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.experiments.first_send.experiment import FIRST_SEND
from wsmonitor.experiments.idle.experiment import IDLE
from wsmonitor.experiments.keepalive.experiment import KEEPALIVE
from wsmonitor.experiments.limits.experiment import LIMITS
from wsmonitor.facts.errors import WsmonitorError

EXPERIMENTS: tuple[AnyExperiment, ...] = (SECURITY, CLOSE, PROTOCOL, FIRST_SEND, LIMITS, KEEPALIVE, IDLE)
"""In the order in which `all` asks them: what is quick comes first."""


def find(name: str) -> AnyExperiment:
    """The experiment of this name. Raises `WsmonitorError` where there is none."""
    for experiment in EXPERIMENTS:
        if experiment.name == name:
            return experiment
    known = ", ".join(one.name for one in EXPERIMENTS)
    raise WsmonitorError(f"no experiment is called {name!r}; there are: {known}")
