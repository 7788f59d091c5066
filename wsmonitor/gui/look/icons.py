"""Small icons painted in the theme's colours: no font has to have them."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

_SIZE = 16
_SCALE = 3


def icon(name: str, color: QColor) -> QIcon:
    """The icon called `name`, one of `_PAINTERS`."""
    pixmap = QPixmap(_SIZE * _SCALE, _SIZE * _SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SCALE, _SCALE)
    painter.setPen(QPen(color, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(color)
    _PAINTERS[name](painter)
    painter.end()
    return QIcon(pixmap)


def _plus(painter: QPainter) -> None:
    painter.drawLine(QPointF(8, 3.5), QPointF(8, 12.5))
    painter.drawLine(QPointF(3.5, 8), QPointF(12.5, 8))


def _menu(painter: QPainter) -> None:
    for y in (4, 8, 12):
        painter.drawLine(QPointF(2.5, y), QPointF(13.5, y))


def _play(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13, 8), QPointF(4, 13.5)]))


def _stop(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRect(QRectF(3.5, 3.5, 9, 9))


def _bolt(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    points = [(9.5, 1), (3.5, 9), (7.5, 9), (6.5, 15), (12.5, 6.5), (8.5, 6.5)]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _hold(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))
    painter.drawPolyline(QPolygonF([QPointF(8, 5), QPointF(8, 8), QPointF(10.3, 9.6)]))


def _freeze(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRect(QRectF(3.5, 3, 3.2, 10))
    painter.drawRect(QRectF(9.3, 3, 3.2, 10))


def _dot(painter: QPainter) -> None:
    path = QPainterPath()
    path.addEllipse(QRectF(4, 4, 8, 8))
    painter.fillPath(path, painter.brush())


def _lens(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(2.5, 2.5, 8, 8))
    painter.drawLine(QPointF(9.6, 9.6), QPointF(13.5, 13.5))


def _flask(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    outline = [(6, 2), (6, 6.5), (2.5, 13.5), (13.5, 13.5), (10, 6.5), (10, 2)]
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in outline]))
    painter.drawLine(QPointF(4.8, 2), QPointF(11.2, 2))
    painter.drawLine(QPointF(4.6, 10), QPointF(11.4, 10))


def _record(painter: QPainter) -> None:
    path = QPainterPath()
    path.addEllipse(QRectF(3, 3, 10, 10))
    painter.fillPath(path, QColor("#e0524a"))


def _export(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(QPointF(8, 2), QPointF(8, 9.5))
    painter.drawPolyline(QPolygonF([QPointF(4.5, 6.5), QPointF(8, 10), QPointF(11.5, 6.5)]))
    painter.drawLine(QPointF(3, 13.5), QPointF(13, 13.5))


def _filter(painter: QPainter) -> None:
    for y, inset in ((4, 2.5), (8, 4.5), (12, 6.5)):
        painter.drawLine(QPointF(inset, y), QPointF(16 - inset, y))


_PAINTERS: dict[str, Callable[[QPainter], None]] = {
    "plus": _plus,
    "menu": _menu,
    "play": _play,
    "stop": _stop,
    "bolt": _bolt,
    "hold": _hold,
    "freeze": _freeze,
    "dot": _dot,
    "flask": _flask,
    "lens": _lens,
    "record": _record,
    "export": _export,
    "filter": _filter,
}
