"""The last round trips of an endpoint as a tiny line; a missed beat is a bar from the bottom."""

import math

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

POINTS = 60


def paint_sparkline(
    painter: QPainter, rect: QRectF, values: tuple[float, ...], *, line: QColor, missed: QColor
) -> None:
    """Paint `values` (milliseconds, NaN for a miss) into `rect`, newest at the right edge."""
    known = [value for value in values if not math.isnan(value)]
    if not values or rect.width() < 20:
        return
    top = max(known, default=1.0) or 1.0
    step = rect.width() / (POINTS - 1)
    left = rect.right() - step * (len(values) - 1)
    painter.setPen(QPen(line, 1))
    for stretch in _stretches(values):
        points = [
            QPointF(left + step * at, rect.bottom() - rect.height() * min(1.0, values[at] / top)) for at in stretch
        ]
        if len(points) == 1:
            painter.drawPoint(points[0])
        else:
            painter.drawPolyline(QPolygonF(points))
    misses = [left + step * at for at, value in enumerate(values) if math.isnan(value)]
    if misses:
        painter.setPen(QPen(missed, 2))
        painter.drawLines([QLineF(x, rect.bottom(), x, rect.bottom() - rect.height() * 0.7) for x in misses])


def _stretches(values: tuple[float, ...]) -> list[range]:
    """Index ranges between the misses."""
    stretches, start = [], 0
    for at, value in enumerate(values):
        if math.isnan(value):
            if at > start:
                stretches.append(range(start, at))
            start = at + 1
    if start < len(values):
        stretches.append(range(start, len(values)))
    return stretches
