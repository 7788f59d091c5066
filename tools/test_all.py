"""`make test-all`: the tests under every supported Python that this machine has, each in its own environment.

    python -m tools.test_all [--one]      (--one: only under the Python that runs this, as `.ci/run` does)

Installs first what only some tests need, where that is possible: a browser, and a display with a window manager.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from tools import system_packages

ROOT = Path(__file__).resolve().parents[1]
SUPPORTED = ("3.11", "3.12", "3.13")
BROWSER = {"chromium": "chromium"}
"""Tries the lab's page; `make test` skips that where it is not installed."""


def main() -> None:
    """Test with each interpreter; end with 1 if any failed."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    is_one = sys.argv[1:] == ["--one"]
    browser = [] if is_one else system_packages.missing_commands(BROWSER)
    system_packages.offer(browser + system_packages.missing_for_a_desktop())
    outcomes = {}
    for version in [own] if is_one else SUPPORTED:
        python = sys.executable if version == own else _interpreter(version)
        if python is None:
            outcomes[version] = "not found on this machine, skipped"
            continue
        print(f"== Python {version}: {python}", flush=True)
        folder = ".venv" if version == own else f".venv-{version}"
        outcomes[version] = "passed" if _tested(python, folder) else "FAILED"
    print("\n".join(f"Python {version}: {outcome}" for version, outcome in outcomes.items()))
    sys.exit("FAILED" in outcomes.values())


def _interpreter(version: str) -> str | None:
    """An interpreter of that version which starts (a pyenv shim need not)."""
    return next((python for python in _candidates(version) if _starts(python, version)), None)


def _candidates(version: str) -> Iterator[str]:
    if python := which(f"python{version}"):
        yield python
    for folder in sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*"), reverse=True):
        yield str(folder / "bin/python")


def _starts(python: str, version: str) -> bool:
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == version


def _tested(python: str, folder: str) -> bool:
    tests = [f"{folder}/bin/python", "-m", "pytest"]
    return not (
        subprocess.run([python, "-m", "tools.setup", folder], cwd=ROOT, check=False).returncode
        or subprocess.run(tests, cwd=ROOT, check=False).returncode
    )


if __name__ == "__main__":
    main()
