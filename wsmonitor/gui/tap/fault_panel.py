"""What is on the way of a tap: each fault with a switch, and one button that ends all."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.gui.look.colors import OPEN
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import client_title
from wsmonitor.gui.tap.used_faults import UsedFault, UsedFaults, amount, where
from wsmonitor.settings.tap_faults import fault_kind
from wsmonitor.text.plain_text import visible

_SIZE = QSize(30, 16)
_NOTHING = "Nothing is in the way: every byte passes as it is."


class Switch(QAbstractButton):
    """Its knob is on the right where it is on: not only the colour says so."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return _SIZE

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(0.5, 0.5, _SIZE.width() - 1, _SIZE.height() - 1)
        painter.setPen(self._look.color("rtt_ws" if self.hasFocus() else "border"))
        painter.setBrush(QColor(OPEN) if self.isChecked() else self._look.color("hover"))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        x = rect.right() - rect.height() / 2 if self.isChecked() else rect.left() + rect.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff") if self.isChecked() else self._look.color("muted"))
        painter.drawEllipse(QPointF(x, rect.center().y()), rect.height() / 2 - 2.5, rect.height() / 2 - 2.5)


class FaultPanel(QWidget):
    """Hidden unless a tap is looked at; `switched` carries a `UsedFault` and whether it is to be on."""

    switched = Signal(object, bool)
    off_pressed = Signal()
    more_pressed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._look = look
        self._used = UsedFaults()
        self.listed: tuple[UsedFault, ...] = ()
        self.rows: list[_Row] = []
        self.heading = plain_label(self, name="strong")
        self.heading.setText("On the way")
        self.nothing = plain_label(self, name="muted")
        self.nothing.setText(_NOTHING)
        self.off = described(QPushButton("All off", self), says="Tap: switch all faults off")
        self.more = QPushButton("+ Fault …", self)
        self.more.setToolTip("Everything that can be done to what passes: delay, drop, cut, answer (Disconnect)")
        for button in (self.off, self.more):
            button.setObjectName("flat")
        top = in_row((self.heading, 1), self.off, self.more)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(3, 1)
        in_column(top, self.nothing, self._grid, within=self, margins=(12, 4, 8, 4), spacing=2)
        self.off.clicked.connect(self.off_pressed)
        self.more.clicked.connect(self.more_pressed)
        self.hide()

    def show_views(self, whole: EndpointView | None, clients: tuple[EndpointView, ...], now_ns: int) -> None:
        """List the faults of the tap `whole`, whose `clients` have names; hidden for anything else."""
        if whole is None or whole.tap is None:
            self.hide()
            return
        names = {view.slot: client_title(view) for view in clients}
        self.listed = self._used.listed(whole.name, whole.tap.faults)
        self.setAccessibleName(f"Faults of {visible(whole.name, 60)}")
        while len(self.rows) < len(self.listed):
            self._add_row()
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(self.listed))
        for row, fault in zip(self.rows, self.listed, strict=False):
            client = "" if fault.slot is None else names.get(fault.slot, "one client")
            row.show_fault(fault, where(fault, client, now_ns))
        self.nothing.setVisible(not self.listed)
        self.off.setVisible(any(fault.since_ns is not None for fault in self.listed))
        self.show()

    def _add_row(self) -> None:
        row = _Row(self._look, self._grid, len(self.rows), self)
        row.switch.clicked.connect(partial(self._switch, row))
        self.rows.append(row)

    def _switch(self, row: "_Row", checked: bool = False) -> None:
        if row.fault is not None:
            is_on = row.fault.since_ns is not None
            row.switch.setChecked(is_on)  # what comes back from the tap says whether it is another
            self.switched.emit(row.fault, not is_on)


class _Row:
    """A line of the panel."""

    def __init__(self, look: Look, grid: QGridLayout, number: int, parent: QWidget) -> None:
        self.fault: UsedFault | None = None
        self.switch = Switch(look, parent)
        self.title, self.amount, self.where = (plain_label(parent, name=name) for name in ("strong", "mono", "muted"))
        self.where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for column, widget in enumerate(self._widgets):
            grid.addWidget(widget, number, column)

    @property
    def _widgets(self) -> tuple[QWidget, ...]:
        return self.switch, self.title, self.amount, self.where

    def setVisible(self, visible: bool) -> None:  # noqa: N802  # as of a widget
        """Show or hide all of the line."""
        for widget in self._widgets:
            widget.setVisible(visible)

    def show_fault(self, fault: UsedFault, where: str) -> None:
        """Say what it is, and whether it is on."""
        is_on = fault.since_ns is not None
        _say(self.title, fault.title)
        _say(self.amount, amount(fault))
        _say(self.where, where)
        self.where.setToolTip(where)
        if fault != self.fault:
            self.fault = fault
            self.switch.setChecked(is_on)
            self.switch.setAccessibleName(f"{fault.title} {amount(fault)} {where}".strip())
            self.switch.setToolTip(f"{fault_kind(fault.kind).hint}: switch it {'off' if is_on else 'on again'}")


def _say(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
