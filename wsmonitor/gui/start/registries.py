"""What the window is made with, from the registries; a test hands in its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Mark, Plot, Span, StateSpan

if TYPE_CHECKING:
    from wsmonitor.engine.disruptions.disruption import Disruption
    from wsmonitor.experiments.experiment import AnyExperiment


@dataclass(frozen=True)
class Parts:
    """Plots from top to bottom, closure marks, lanes, the forced disconnects and the experiments on offer."""

    plots: Sequence[Plot]
    marks: Callable[[EndpointView, Span, int], Sequence[Mark]]
    lane: Callable[[EndpointView, Span, int], Sequence[StateSpan]]
    lane_codes: Callable[[EndpointView, Span, int], NDArray[np.uint8]]
    disruptions: "Sequence[Disruption]"
    experiments: "Callable[[], Sequence[AnyExperiment]]"
    """Loaded only once somebody wants to see them."""


def registered_parts() -> Parts:
    """The parts of the registries."""
    from wsmonitor.engine.disruptions import DISRUPTIONS
    from wsmonitor.plots import PLOTS
    from wsmonitor.plots.closures import ending_marks
    from wsmonitor.plots.lanes import lane, lane_codes

    return Parts(
        plots=PLOTS,
        marks=ending_marks,
        lane=lane,
        lane_codes=lane_codes,
        disruptions=DISRUPTIONS,
        experiments=_experiments,
    )


def _experiments() -> "Sequence[AnyExperiment]":
    from wsmonitor.experiments.registry import EXPERIMENTS

    return EXPERIMENTS
