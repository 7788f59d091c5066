"""What may not be imported before the window is painted: each of these was once, and cost tens of milliseconds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LATER = (
    *("asyncio", "json", "numpy", "pyqtgraph", "qasync", "sqlite3", "ssl", "tomlkit", "websockets"),
    *("wsmonitor.analysis", "wsmonitor.diagnosis", "wsmonitor.engine", "wsmonitor.exports", "wsmonitor.plots"),
    *("wsmonitor.recording", "wsmonitor.settings.workspace", "wsmonitor.gui.editor", "wsmonitor.gui.start.session"),
    *("wsmonitor.gui.endpoints.add_endpoint", "wsmonitor.gui.help.palette", "wsmonitor.gui.time.plotting"),
)
"""Modules and packages that the first paint does without."""

LOOK = """
import builtins, sys
from wsmonitor.gui.start import start
plain = builtins.__import__

def serve(options, painted, process, lab):
    process.stdin.close()
    process.wait()
    assert painted.window.isVisible() and painted.window.look is not None
    print(builtins.__import__ is plain, *sorted(sys.modules), sep="\\n")
    return 0

start._serve = serve
from wsmonitor.__main__ import main
sys.exit(main())
"""


def at_first_paint(folder: Path, *words: str) -> list[str]:
    """Whether `import` is the interpreter's own, and all modules there when `wsmonitor WORDS` was painted."""
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)}
    run = subprocess.run(
        [sys.executable, "-c", LOOK, *words], env=environ, capture_output=True, text=True, timeout=50, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.mark.parametrize("words", [("ws://127.0.0.1:1/", "-H", "X-A: 1"), ()], ids=["endpoint", "empty"])
def test_the_first_paint_waits_for_nothing_that_it_does_not_need(tmp_path: Path, words: tuple[str, ...]) -> None:
    _, *modules = at_first_paint(tmp_path, *words)

    assert [name for name in modules if any(f"{name}.".startswith(f"{later}.") for later in LATER)] == []


def test_modules_are_imported_without_a_look_at_their_source(tmp_path: Path) -> None:
    assert at_first_paint(tmp_path, "ws://127.0.0.1:1/")[0] == "True"


CACHING = ["Area", "Snapshot"]
LEAVING_OUT = ["Fault", "RowFilter", "Workspace", "_Known"]
"""Dataclasses that keep properties, or whose fields are not all compared: they take 0.3 ms each to be made."""

ALL_OF_IT = """
import sys
from wsmonitor.gui.start import first_paint, session
from wsmonitor.gui.time.plotting import stack
"""


def said_by(script: str) -> list[str]:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYQTGRAPH_QT_LIB": "PySide6", "QT_API": "PySide6"}
    run = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_plots_make_no_classes_of_qt_that_nothing_uses() -> None:
    script = f"""{ALL_OF_IT}
from PySide6 import QtWidgets
import pyqtgraph
print("QCalendarWidget" in vars(QtWidgets), "QCalendarWidget" in dir(QtWidgets))
print(pyqtgraph.QtWidgets.QCalendarWidget is QtWidgets.QCalendarWidget)
"""

    assert said_by(script) == ["False", "True", "True"]


def test_what_the_window_and_the_probe_load_makes_no_dataclass_that_could_be_a_struct() -> None:
    script = f"""{ALL_OF_IT}
from wsmonitor.probe import server
modules = [vars(module).values() for name, module in sys.modules.items() if name.startswith("wsmonitor.")]
made = {{one for values in modules for one in values if isinstance(one, type) and "__dataclass_params__" in vars(one)}}
print(*sorted(one.__name__ for one in made if one.__module__.startswith("wsmonitor.")))
"""

    assert said_by(script) == sorted(CACHING + LEAVING_OUT)
