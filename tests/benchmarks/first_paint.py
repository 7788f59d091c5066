"""`first_paint ARGS`: the real command, which says when it first painted and first plotted (monotonic ns)."""

import sys
import time

from wsmonitor.gui.start import start

_serve = start._serve


def _say_and_serve(*args: object) -> int:
    """What is called as soon as the window was painted."""
    _say()
    from PySide6.QtCore import QTimer

    from wsmonitor.gui.start import session  # what comes next anyway

    show = session.Session.open

    def open_and_watch(session: session.Session, *what: object) -> None:
        timer = QTimer(session.window)
        timer.setInterval(5)

        def look() -> None:
            stack = session.whole.monitor.plots.stack
            if stack is not None and any(len(values) for pane in stack.panes for _, values in pane.curves.values()):
                _say()
                timer.stop()
                session.window.close()

        timer.timeout.connect(look)
        timer.start()
        show(session, *what)  # type: ignore[arg-type]  # whatever they are

    session.Session.open = open_and_watch  # type: ignore[assignment, method-assign]  # it is not to know
    return _serve(*args)  # type: ignore[arg-type]  # as above


def _say() -> None:
    print(time.monotonic_ns(), flush=True)


if __name__ == "__main__":
    start._serve = _say_and_serve  # type: ignore[assignment]  # as above
    from wsmonitor.__main__ import main

    sys.exit(main())
