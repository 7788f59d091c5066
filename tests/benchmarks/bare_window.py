"""The reference of the start: a PySide6 window with a table, and nothing else; says when it first painted."""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget, QTableWidgetItem


class Bare(QMainWindow):
    """Twenty rows of ten columns."""

    def __init__(self) -> None:
        super().__init__()
        table = QTableWidget(20, 10, self)
        for row in range(20):
            for column in range(10):
                table.setItem(row, column, QTableWidgetItem(f"{row} {column}"))
        self.setCentralWidget(table)
        self.resize(1400, 860)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        QTimer.singleShot(0, self, self._painted)

    def _painted(self) -> None:
        print(time.monotonic_ns(), flush=True)
        QApplication.quit()


if __name__ == "__main__":
    application = QApplication(["bare"])
    application.setStyle("Fusion")
    window = Bare()
    window.show()
    sys.exit(application.exec())
