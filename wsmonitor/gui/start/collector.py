"""Looks for unreachable cycles of objects between frames: by itself the interpreter does so in the middle of one."""

import gc

from PySide6.QtCore import QObject, QTimer

_PERIOD_MS = 10_000
_THOROUGH = 60
"""Looks after which all objects are looked at, as after a start: some 100 ms with hundreds of endpoints."""


class Collector(QObject):
    """Looks now and then at what came since: what is still there by then mostly stays, and is not looked at again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """From now on nothing else looks."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leave it to the interpreter again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def look(self) -> None:
        """Let go of cycles that nothing reaches any more."""
        self._looks += 1
        if self._looks % _THOROUGH == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()
