"""`first_paint ARGS`: the real command, which says when it first painted and first plotted (monotonic ns)."""

import sys
import time

from wsmonitor.probe.client import ProbeClient

_start = ProbeClient.start


def _start_and_watch(self: ProbeClient) -> None:
    """The probe starts before Qt is imported; from there on everything is as it is."""
    _start(self)
    from PySide6.QtCore import QTimer

    from wsmonitor.gui import app
    from wsmonitor.gui.window import Window

    show = app.Session.open
    go_on = Window._after_first_paint

    def say_and_go_on(window: Window) -> None:
        print(time.monotonic_ns(), flush=True)
        go_on(window)

    Window._after_first_paint = say_and_go_on  # type: ignore[assignment, method-assign]  # loads the plots: not part of it

    def open_and_watch(session: app.Session, *args: object) -> None:
        timer = QTimer(session.window)
        timer.setInterval(5)

        def look() -> None:
            stack = session.window.monitor.plots.stack
            if stack is not None and any(len(values) for pane in stack.panes for _, values in pane.curves.values()):
                print(time.monotonic_ns(), flush=True)
                timer.stop()
                session.window.close()

        timer.timeout.connect(look)
        session.window.first_painted.connect(timer.start)
        show(session, *args)  # type: ignore[arg-type]  # whatever they are

    app.Session.open = open_and_watch  # type: ignore[assignment, method-assign]  # what is measured is not to know


if __name__ == "__main__":
    ProbeClient.start = _start_and_watch  # type: ignore[method-assign]  # see above
    from wsmonitor.__main__ import main

    sys.exit(main())
