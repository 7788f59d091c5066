"""`make setup`: an environment with everything pinned, made once and renewed only when the pins change.

    python3 -m tools.setup [FOLDER]      (FOLDER is `.venv` unless given)

A stamp in the folder says what it was made from; while that still holds, this ends after a fraction of a
second.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tools import system_packages

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Make the environment, or find it made."""
    folder = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
    stamp, made_from = folder / "wsmonitor-setup.txt", _made_from()
    is_made = stamp.exists() and stamp.read_text() == made_from
    system_packages.ensure(for_a_new_environment=not is_made)
    if is_made:
        return
    print(f"installing wsmonitor and its pinned packages into {folder.name}/ (a minute, once)", flush=True)
    python = _environment(folder)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt", "--editable", ".[dev]"]
    quiet = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if subprocess.run(pip, cwd=ROOT, env=quiet, check=False).returncode:
        sys.exit("pip could not install the packages: see its message above; `make setup` tries again")
    # pip compiles what it installs, but nothing that is installed as editable: where PYTHONDONTWRITEBYTECODE is
    # set, each start would compile hundreds of files.
    subprocess.run([str(python), "-m", "compileall", "-q", "wsmonitor"], cwd=ROOT, check=False)
    stamp.write_text(made_from)


def _made_from() -> str:
    """The interpreter, the place (scripts in an environment name it) and the pins."""
    pins = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"Python {version}\n{ROOT}\n{hashlib.sha256(pins).hexdigest()}\n"


def _environment(folder: Path) -> Path:
    """The interpreter of a usable environment in `folder`; one of another Python or place is made anew."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if folder.exists() and not _usable(python):
        shutil.rmtree(folder)
    if not folder.exists():
        venv.create(folder, with_pip=True, symlinks=sys.platform != "win32")
    return python


def _usable(python: Path) -> bool:
    """True for an environment of this Python version, in this place, with pip."""
    question = "import pip, sys; print(sys.version_info[:2], sys.prefix)"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return answer.strip() == f"{sys.version_info[:2]} {python.parents[1]}"


if __name__ == "__main__":
    main()
