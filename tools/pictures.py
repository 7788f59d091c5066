"""`python -m tools.pictures FOLDER [STATE...]`: pictures of the window's states, to look at beside each other.

Each state in both themes, three sizes, and the middle one at scale 2; all are made from a scripted session.
"""

import os
import sys
from pathlib import Path

SIZES = ((1024, 640), (1400, 860), (1920, 1080))


def main(folder: Path, wanted: list[str]) -> None:
    """Write the pictures."""
    os.environ["PYQTGRAPH_QT_LIB"] = os.environ["QT_API"] = "PySide6"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from tests.gui.recordings.test_recordings import Script
    from tests.gui.snapshots.states import STATES, picture, session_of
    from wsmonitor.gui.look.theme import Look

    application = QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for theme in ("dark", "light"):
        look = Look(theme, application)
        look.apply()
        for width, height in SIZES:
            for name in wanted or STATES:
                session = session_of(look, (width, height), Script())
                kept.append(session)  # one that is freed while Qt delivers its events may crash
                widget = STATES[name](session)
                for scale in (1, 2) if (width, height) == SIZES[1] else (1,):
                    picture(widget, scale).save(str(folder / f"{name}-{theme}-{width}x{height}@{scale}.png"))
                widget.hide()
                session.window.hide()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
