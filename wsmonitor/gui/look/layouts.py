"""Rows and columns of widgets."""

from types import EllipsisType

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Placed = QWidget | QLayout | tuple[QWidget | QLayout, int] | EllipsisType
"""What stands in it, or that with its share of the room that is left; `...` takes such room and is empty."""
Margins = int | tuple[int, int, int, int]
"""All around, or left, top, right and bottom."""


def in_row(
    *what: Placed, within: QWidget | None = None, margins: Margins | None = None, spacing: int | None = None
) -> QHBoxLayout:
    """From left to right; `within` gets it as its layout."""
    row = QHBoxLayout(within) if within is not None else QHBoxLayout()
    _fill(row, what, margins, spacing)
    return row


def in_column(
    *what: Placed, within: QWidget | None = None, margins: Margins | None = None, spacing: int | None = None
) -> QVBoxLayout:
    """From top to bottom, otherwise as `in_row`."""
    column = QVBoxLayout(within) if within is not None else QVBoxLayout()
    _fill(column, what, margins, spacing)
    return column


def _fill(layout: QBoxLayout, what: tuple[Placed, ...], margins: Margins | None, spacing: int | None) -> None:
    if margins is not None:
        layout.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    if spacing is not None:
        layout.setSpacing(spacing)
    for one in what:
        if one is ...:
            layout.addStretch(1)
            continue
        placed, share = one if isinstance(one, tuple) else (one, 0)
        if isinstance(placed, QLayout):
            layout.addLayout(placed, share)
        else:
            layout.addWidget(placed, share)
