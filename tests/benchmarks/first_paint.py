"""`first_paint ARGS`: the real command, which says when it first painted and first plotted (monotonic ns)."""

import sys
import time

from wsmonitor.probe.client import ProbeClient

_start = ProbeClient.start


def _start_and_watch(self: ProbeClient) -> None:
    """The probe starts before Qt is imported; from there on everything is as it is."""
    _start(self)
    from wsmonitor.gui.window import Window

    make = Window.__init__

    def make_and_watch(window: Window, *args: object) -> None:
        make(window, *args)  # type: ignore[arg-type]  # whatever they are
        window.first_painted.connect(_say_and_go_on)

    Window.__init__ = make_and_watch  # type: ignore[assignment, method-assign]  # it is not to know


def _say_and_go_on() -> None:
    _say()
    from PySide6.QtCore import QTimer

    from wsmonitor.gui import app  # what comes next anyway

    show = app.Session.open

    def open_and_watch(session: app.Session, *args: object) -> None:
        timer = QTimer(session.window)
        timer.setInterval(5)

        def look() -> None:
            stack = session.window.monitor.plots.stack
            if stack is not None and any(len(values) for pane in stack.panes for _, values in pane.curves.values()):
                _say()
                timer.stop()
                session.window.close()

        timer.timeout.connect(look)
        timer.start()
        show(session, *args)  # type: ignore[arg-type]  # whatever they are

    app.Session.open = open_and_watch  # type: ignore[assignment, method-assign]  # as above


def _say() -> None:
    print(time.monotonic_ns(), flush=True)


if __name__ == "__main__":
    ProbeClient.start = _start_and_watch  # type: ignore[method-assign]  # see above
    from wsmonitor.__main__ import main

    sys.exit(main())
