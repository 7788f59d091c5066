"""What the system must have before Python packages can help: shared libraries of Qt, a font, `ensurepip`.

Under apt, missing packages are installed by root (or a `sudo` that does not ask); anybody else is told in
one line what to install.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""Debian's package for each library that Qt loads even without a screen."""
XCB = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
}
"""What a window under X needs as well."""
DESKTOP = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "dbus-daemon": "dbus-daemon",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
}
"""Debian's package for each command that the tests of real windows need (`tests/xvfb`)."""
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FEDORA = (
    "python3-pip libglvnd-egl libglvnd-glx libxkbcommon fontconfig glib2 libX11 dbus-libs dejavu-sans-fonts"
    " xcb-util-cursor libxkbcommon-x11 libX11-xcb xcb-util xcb-util-wm xcb-util-keysyms xcb-util-image"
    " xcb-util-renderutil"
)


def ensure(for_a_new_environment: bool) -> None:
    """Install what is missing where we may; else end with the line that says what to install."""
    wanted_libraries = OFFSCREEN | XCB if os.environ.get("DISPLAY") else OFFSCREEN
    missing = [*_missing_on_linux(wanted_libraries)]
    if for_a_new_environment:
        missing += _missing_python()
    if not missing:
        return
    if not _can_install():
        sys.exit(_advice(missing))
    # Whoever has a display later shall not be asked twice: the X libraries are small.
    packages = sorted({*missing, *_missing_on_linux(OFFSCREEN | XCB)})
    if not _install(packages):
        sys.exit(f"apt-get could not install them. {_advice(packages)}")


def offer(missing: list[str]) -> None:
    """Install these packages where we may; without them some tests are skipped."""
    if missing and not (_can_install() and _install(missing)):
        print(f"without {' '.join(missing)} some tests are skipped", flush=True)


def missing_commands(package_of: dict[str, str]) -> list[str]:
    """The packages of those commands that are not there."""
    return [package for command, package in package_of.items() if not shutil.which(command)]


def missing_for_a_desktop() -> list[str]:
    """The packages without which no real window can be tried here."""
    return sorted({*missing_commands(DESKTOP), *_missing_on_linux(XCB)})


def _can_install() -> bool:
    return _way_to_become_root() is not None and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> bool:
    """Install Debian packages; False if that did not work."""
    as_root = _way_to_become_root() or []
    print(f"installing system packages: {' '.join(packages)}", flush=True)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    subprocess.run([*apt, "update"], check=False)  # a broken source elsewhere need not matter
    command = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def _missing_python() -> Iterator[str]:
    """Debian keeps the part of `venv` that brings pip in a package of its own."""
    if importlib.util.find_spec("ensurepip") is None:
        yield f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def _missing_on_linux(libraries: dict[str, str]) -> Iterator[str]:
    if sys.platform != "linux":
        return
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            yield package
    if not any(path.suffix in (".ttf", ".otf") for folder in FONT_FOLDERS for path in _files_below(folder)):
        yield "fonts-dejavu-core"


def _files_below(folder: str) -> Iterator[Path]:
    return Path(folder).expanduser().rglob("*.?tf")


def _way_to_become_root() -> list[str] | None:
    """The words in front of a command that root shall run; None where we may not."""
    if sys.platform != "linux":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
        return ["sudo", "-n"]
    return None


def _advice(missing: list[str]) -> str:
    if shutil.which("apt-get"):
        return f"wsmonitor needs system packages, run this and then make again: sudo apt install {' '.join(missing)}"
    if shutil.which("dnf"):
        return f"wsmonitor needs system packages, run this and then make again: sudo dnf install {FEDORA}"
    if sys.platform == "darwin":
        return "wsmonitor needs a Python with venv and pip: brew install python@3.12"
    if sys.platform == "win32":
        return "wsmonitor needs a Python with venv and pip: winget install Python.Python.3.12"
    return f"wsmonitor needs what Debian calls {' '.join(missing)}; on Fedora: sudo dnf install {FEDORA}"
