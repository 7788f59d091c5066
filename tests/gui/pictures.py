"""What a widget shows, as numbers: pictures are compared as wholes, never by one pixel."""

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

Picture = np.ndarray
"""Rows x columns x red, green, blue."""


def picture_of(widget: QWidget, part: QRect | None = None) -> Picture:
    """What it paints, or a part of that."""
    image = (widget.grab(part) if part is not None else widget.grab()).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def painted_columns(picture: Picture) -> list[int]:
    """The columns of a picture that are not like its left edge."""
    return [int(column) for column in np.flatnonzero((picture != picture[:, :1]).any(axis=(0, 2)))]
