"""`python -m tools.bundle`: freezes the program with PyInstaller, and tries the window with its probe and the lab."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "build" / "bundle"
PROGRAM: Final = FOLDER / "dist" / "wsmonitor" / "wsmonitor"
PICTURE: Final = FOLDER / "window.png"


def main() -> int:
    """0 where the frozen window saw a connection to the frozen lab."""
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
    pip = (python, "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt")
    _run(*pip, "pyinstaller", ".[lab-tls]")
    build = (python, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--name", "wsmonitor")
    places = ("--distpath", FOLDER / "dist", "--workpath", FOLDER / "work", "--specpath", FOLDER)
    _run(*build, *places, ROOT / "wsmonitor" / "__main__.py")
    words = ("--story", "1", "--screenshot", PICTURE, "--after", "8s")
    said = _run(PROGRAM, *words, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    print(f"{PROGRAM.relative_to(ROOT)}: {said}")
    return 0 if re.search(r"\b[1-9]\d* connections?\b", said) else 1


def _run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    """What it printed last; ends the program where it fails."""
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout.strip().rpartition("\n")[2]


if __name__ == "__main__":
    sys.exit(main())
