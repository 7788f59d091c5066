"""`wsmonitor install-desktop`: an entry and an icon in the menus of this user's desktop, or their removal."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from wsmonitor import command_line
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.program import is_frozen
from wsmonitor.resources import resource

NAME = "wsmonitor install-desktop"
_ENTRY = Path("applications/wsmonitor.desktop")
_ICONS = {
    "icons/wsmonitor.svg": Path("icons/hicolor/scalable/apps/wsmonitor.svg"),
    "icons/wsmonitor.png": Path("icons/hicolor/256x256/apps/wsmonitor.png"),
}


def main(args: list[str]) -> int:
    """Run the command; the exit code."""
    return command_line.run(_command, args, name=NAME)


def data_home() -> Path:
    """The user's data folder (XDG base directory specification)."""
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if os.path.isabs(named) else Path.home() / ".local" / "share"


def entry_text(template: str, command: str) -> str:
    """The desktop entry that starts `command`."""
    lines = []
    for line in template.splitlines():
        if line.startswith("Exec="):
            words = line.removeprefix("Exec=").split()[1:]
            lines.append(" ".join([f"Exec={_quoted(command)}", *words]))
        elif not line.startswith("TryExec="):
            lines.append(line)
    return "\n".join([*lines, f"TryExec={command}"]) + "\n"


def install(folder: Path, command: str) -> list[Path]:
    """Write entry and icons below `folder`; the files written."""
    written = []
    for source, place in _ICONS.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(resource(source), target)
        written.append(target)
    entry = folder / _ENTRY
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(entry_text(resource("wsmonitor.desktop").read_text(), command))
    return [entry, *written]


def uninstall(folder: Path) -> list[Path]:
    """Remove what `install` wrote; the files that were there."""
    gone = [folder / place for place in (_ENTRY, *_ICONS.values()) if (folder / place).exists()]
    for path in gone:
        path.unlink()
    return gone


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--uninstall", "removes", is_flag=True, help="Remove entry and icons again.")
@command_line.version_option
def _command(removes: bool) -> int:
    """Put wsmonitor into the menus of your desktop: entry and icon in your own folders, no root needed."""
    if not sys.platform.startswith("linux"):
        raise WsmonitorError(
            "desktop entries are a thing of Linux desktops; make a shortcut to `wsmonitor-gui` instead"
        )
    folder = data_home()
    try:
        paths = uninstall(folder) if removes else install(folder, _program())
    except OSError as error:
        raise WsmonitorError(f"{error.filename}: {error.strerror}") from error
    _tell_desktop(folder)
    verb = "removed" if removes else "wrote"
    for path in paths:
        click.echo(f"{verb} {path}")
    if not paths:
        click.echo("nothing to remove")
    return 0


def _program() -> str:
    """What starts the window: this bundle, the script beside this Python, or the one on the path."""
    if is_frozen():
        return sys.executable
    beside = Path(sys.executable).with_name("wsmonitor-gui")
    found = str(beside) if beside.exists() else shutil.which("wsmonitor-gui")
    if found is None:
        raise WsmonitorError(
            f"expected the program wsmonitor-gui beside {sys.executable}, found none: install wsmonitor"
        )
    return found


def _quoted(command: str) -> str:
    """`command` as one argument of an Exec line (Desktop Entry Specification, "The Exec key")."""
    special = set(" \t\n\"'\\><~|&;$*?#()`")
    if not special & set(command):
        return command.replace("%", "%%")
    inner = "".join("\\\\" + c if c in '"`$\\' else c for c in command)
    return '"' + inner.replace("%", "%%") + '"'


def _tell_desktop(folder: Path) -> None:
    """Let menus notice at once, where the usual helper is there; they find it by themselves later."""
    helper = shutil.which("update-desktop-database")
    if helper is not None and (folder / "applications").is_dir():
        subprocess.run([helper, str(folder / "applications")], check=False, capture_output=True, timeout=10)
