"""Which curves come out of a snapshot: one file per plot, one line in `PLOTS`. No Qt here."""

from wsmonitor.plots.buffered import BufferedPlot
from wsmonitor.plots.drawing import Plot
from wsmonitor.plots.messages import MessagesPlot
from wsmonitor.plots.round_trip import RoundTripPlot
from wsmonitor.plots.state import StatePlot

ROUND_TRIP: Plot = RoundTripPlot()
STATE: Plot = StatePlot()
BUFFERED: Plot = BufferedPlot()
MESSAGES: Plot = MessagesPlot()

PLOTS: tuple[Plot, ...] = (ROUND_TRIP, STATE, BUFFERED, MESSAGES)
"""All plots, in the order of the stack."""
