"""Messages that wait to be written, as a step, with the limit of the outbox."""

import numpy as np

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.curves import gaps_within, step_points
from wsmonitor.plots.drawing import Drawing, Level, Line, Plot, Span
from wsmonitor.plots.scale import ceiling
from wsmonitor.text.units import counted


class BufferedPlot:
    """The depth holds until it changes; the limit comes into sight once half of it is used."""

    id = "buffered"
    title = "Buffered messages"
    unit = ""
    height = 1.0

    def draw(self, view: EndpointView, span: Span, pixels: int) -> Drawing:
        # Four points show a bucket of a step, so buckets are twice as wide as those of a line.
        buckets = view.history.buffered.read(span.start_s, span.end_s, max(1, pixels // 2))
        x, y = step_points(buckets, span.start_s, span.end_s)
        peak = float(np.nan_to_num(np.fmax.reduce(y))) if len(y) else 0.0
        limit = float(view.buffered_limit)
        return Drawing(
            lines=(Line("buffered", "queued", x, y),) if len(x) else (),
            levels=(Level("limit", f"limit {view.buffered_limit:,}", limit),),
            gaps=gaps_within(view.history.session, span),
            y_range=(0.0, ceiling(max(peak, limit if peak >= limit / 2 else 0.0), at_least=10.0)),
            summary=f"Buffered: {counted(view.buffered, 'message')} now, at most {peak:,.0f} in this span.",
        )


PLOT: Plot = BufferedPlot()
