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
