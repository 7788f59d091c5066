"""`wsmonitor [URL|FILE ...]`: what starts the window. No Qt in here: the probe starts before it is imported."""

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import click

from wsmonitor import command_line
from wsmonitor.command_line import ConnectionOptions, Target
from wsmonitor.command_line.running import INTERRUPTED, RUNTIME_FAILURE, complain
from wsmonitor.gui.start.options import WindowOptions
from wsmonitor.probe.launch import start_process

if TYPE_CHECKING:
    from wsmonitor.gui.lab.process import Lab
    from wsmonitor.gui.start.first_paint import Painted
    from wsmonitor.settings.workspace import Workspace

NAME = "wsmonitor"
_PATH = click.Path(dir_okay=False, path_type=Path)
NO_DISPLAY = (
    "there is no display for the window: use `wsmonitor watch URL` for text, "
    "or `QT_QPA_PLATFORM=offscreen wsmonitor URL --screenshot FILE` for a picture"
)

_LAB_END_S = 1.5


def main(args: list[str]) -> int:
    """Run the window with the command line `args`; the exit code."""
    return command_line.run(_command, args, name=NAME)


def has_display() -> bool:
    """Whether Qt could open a window here: only X11 and Wayland need a display server."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if platform not in ("", "xcb", "wayland"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _parse_size(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    width, _, height = value.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and 640 <= int(width) <= 7680 and 400 <= int(height) <= 4320):
        raise click.BadParameter(f"expected WIDTHxHEIGHT such as 1400x860, found {value!r}", context, parameter)
    return int(width), int(height)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("targets", nargs=-1, type=command_line.TARGET, metavar="[URL|FILE]...")
@click.option("--lab", "with_lab", is_flag=True, help="Also start the lab: a server that misbehaves on purpose.")
@click.option("--story", type=click.IntRange(1, 5), metavar="1-5", help="Play a failure story of the lab.")
@click.option("--record", type=_PATH, metavar="FILE.wsmon", help="Record everything into FILE.")
@click.option("--force", is_flag=True, help="Let --record overwrite FILE.")
@click.option("--theme", type=click.Choice(["system", "dark", "light"]), help="Colours [system].")
@click.option("--screenshot", type=_PATH, metavar="FILE", help="Write a PNG and quit.")
@click.option("--after", "after_s", type=command_line.DURATION, default="10s", help="When to take it [10s].")
@click.option("--press", default="", hidden=True)
@click.option("--size", callback=_parse_size, metavar="WxH", help="Size of the window [1400x860].")
@command_line.connection_options
@command_line.version_option
def _command(  # noqa: PLR0917  # click passes them by name
    targets: tuple[Target, ...],
    options: ConnectionOptions,
    with_lab: bool,
    story: int | None,
    record: Path | None,
    force: bool,
    theme: Literal["system", "dark", "light"] | None,
    screenshot: Path | None,
    after_s: float,
    press: str,
    size: tuple[int, int] | None,
) -> int:
    """Monitor WebSocket connections in a window.

    URL is ws:// or wss:// (without a scheme: ws://host[:port][/path]); FILE is a workspace (*.toml) or a
    recording (*.wsmon) to look at.
    """
    files = _workspaces(targets, options)
    endpoints = command_line.endpoints_from(
        targets, options, [endpoint for file in files for endpoint in file.endpoints]
    )
    if not has_display():
        complain(NAME, NO_DISPLAY)
        return RUNTIME_FAILURE
    return _open(
        WindowOptions(
            endpoints=tuple(endpoints),
            workspace=_together(files),
            with_lab=with_lab,
            story=story,
            recording=_recording(targets),
            record=record,
            force=force,
            theme=theme,
            screenshot=screenshot,
            after_s=after_s,
            press=press,
            size=size,
        )
    )


def _workspaces(targets: Sequence[Target], options: ConnectionOptions) -> "list[Workspace]":
    files = [target.file for target in targets if target.file is not None and target.file.suffix.lower() == ".toml"]
    if options.workspace is not None:
        files.insert(0, options.workspace)
    if not files:
        return []
    from wsmonitor.settings import workspace

    return [workspace.load(file) for file in files]


def _together(files: "list[Workspace]") -> "Workspace | None":
    if len(files) < 2:
        return next(iter(files), None)
    from wsmonitor.settings.workspace import joined

    return joined(files)


def _recording(targets: Sequence[Target]) -> Path | None:
    files = [target.file for target in targets if target.file is not None and target.file.suffix.lower() == ".wsmon"]
    if len(files) > 1:
        raise click.UsageError(f"one recording at a time; found {len(files)}")
    return files[0] if files else None


def _open(options: WindowOptions) -> NoReturn:
    """Start the probe (and the lab), and paint the window while they load; everything else comes after that."""
    _end_at_once_on_interrupt()
    os.environ["PYQTGRAPH_QT_LIB"] = os.environ["QT_API"] = "PySide6"  # both take PyQt where they find it
    gc.disable()  # until all is there (`session.py`): what is imported stays; to scan it takes a tenth of the start
    process = None
    with suppress(OSError):  # the client tries again, and the window says why
        process = start_process()
    lab = None
    try:
        if options.with_lab:
            from wsmonitor.gui.lab.process import Lab

            lab = Lab.start()
        from wsmonitor.gui.start.first_paint import paint_window

        code = _serve(options, paint_window(options), process, lab)
    finally:
        if lab is not None:
            lab.close()
            lab.join(_LAB_END_S)
    _end(code)


def _end(code: int) -> NoReturn:
    """End this process; all is closed. To take an interpreter apart after a window may hang in its collector."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:  # a window without a console
                stream.flush()
    os._exit(code)


def _serve(
    options: WindowOptions, painted: "Painted", process: "subprocess.Popen[bytes] | None", lab: "Lab | None"
) -> int:
    """Load what the painted window needs besides, and run it on what the probe says."""
    from wsmonitor.probe.client import ProbeClient

    client = ProbeClient()
    client.start(process)
    try:
        from wsmonitor.gui.start import session

        return session.run(options, painted, client, lab)
    finally:
        client.close(1.5)


def _end_at_once_on_interrupt() -> None:
    """Until the window listens: an exception may be swallowed by an import hook of C code.

    The probe and the lab end with their stdin; nothing else is there yet.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _end_at_once)


def _end_at_once(number: int, frame: object) -> None:
    os._exit(INTERRUPTED)
