"""Which curves come out of a snapshot: one file per plot, one line in this tuple. No Qt here."""

from wsmonitor.plots.drawing import Plot
from wsmonitor.registry import entries

_NAMES = (
    "round_trip",
    "state",
    "buffered",
    "messages",
)

PLOTS = entries(__name__, _NAMES, "PLOT", Plot)
"""All plots, in the order of the stack."""
