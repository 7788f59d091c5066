"""`make screenshots`: the README's pictures from the real window on the lab, and what the window had in it then.

The lab's random numbers are seeded, so the pictures tell the same story each time. `manifest.json` lists what
a reader of the pictures would look for: buttons, tabs, columns, plots, panels. `tests/gui/start/test_screenshots.py`
compares it with the window of today, so a picture that shows another program fails the tests.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsmonitor.gui.start.whole_window import WholeWindow

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "screenshots"
MANIFEST = FOLDER / "manifest.json"
PICTURES: dict[str, tuple[str, ...]] = {
    "main-dark.png": ("--lab", "--theme", "dark", "--after", "58"),
    "main-light.png": ("--lab", "--theme", "light", "--after", "58"),
    "story.png": ("--story", "4", "--theme", "dark", "--after", "31"),
    "editor.png": ("--lab", "--theme", "dark", "--after", "20", "--press", "edit"),
}
"""File name -> how the window is started for it."""


def inventory(window: "WholeWindow") -> dict[str, list[str]]:
    """What is in the window, by the names that people read."""
    from wsmonitor.gui.endpoints.columns import TITLES as ENDPOINTS
    from wsmonitor.gui.tables.ending_cells import TITLES as CLOSURES
    from wsmonitor.plots import PLOTS

    monitor = window.monitor
    tabs = monitor.tabs.bar
    return {
        "toolbar": sorted(window.window.toolbar.buttons),
        "tabs": [tabs.tabText(number).split(" ")[0] for number in range(tabs.count())],
        "endpoint columns": list(ENDPOINTS),
        "closure columns": list(CLOSURES),
        "plots": [plot.title for plot in PLOTS],
        "left panels": [panel.accessibleName() for panel in (monitor.table, monitor.lanes, monitor.findings)],
    }


def main() -> None:
    """Write the pictures one after the other, then the manifest."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1"}
    for name, arguments in PICTURES.items():
        command = [sys.executable, "-m", "wsmonitor", *arguments, "--screenshot", str(FOLDER / name)]
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            sys.exit(f"{name} was not written")
    os.environ.update(environment)
    MANIFEST.write_text(json.dumps(asyncio.run(_todays()), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(MANIFEST)


async def _todays() -> dict[str, list[str]]:
    os.environ["PYQTGRAPH_QT_LIB"] = os.environ["QT_API"] = "PySide6"
    from PySide6.QtWidgets import QApplication

    from wsmonitor.analysis.analyzer import Analyzer
    from wsmonitor.gui.look.theme import Look
    from wsmonitor.gui.start.session import Session
    from wsmonitor.gui.window.window import Window
    from wsmonitor.probe.client import ProbeClient

    application = QApplication([])
    session = Session(ProbeClient(), Analyzer(0, 0), Window(Look("dark", application)))
    return inventory(session.whole)


if __name__ == "__main__":
    main()
