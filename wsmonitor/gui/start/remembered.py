"""What the window remembers: sizes, splitters, the theme, workspaces. What cannot be read is forgotten silently."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Geometry and splitters as Qt saves them."""

    theme: Literal["system", "dark", "light"] = "system"
    times: Literal["local", "utc", "elapsed"] = "local"
    """How times read: of day here, of day in UTC, since the session's start."""
    geometry: bytes = b""
    splitters: tuple[bytes, ...] = ()
    recent: tuple[str, ...] = ()
    """Workspace files, the newest first."""
    filters: tuple[str, ...] = ()
    """Filters that were kept, the newest first."""
    density: Literal["auto", "compact", "roomy"] = "auto"
    """Lines of a row of the endpoint table."""
    grouping: Literal["none", "host", "tag", "finding"] = "none"
    """What rows of the endpoint table are grouped by."""
    column_order: tuple[str, ...] = ()
    column_widths: dict[str, int] = {}
    columns_hidden: tuple[str, ...] = ()
    """What was made of the endpoint table's columns."""
    hints_seen: bool = False
    """The hints of the first run were read or dismissed."""
    notify: bool = False
    """Tell when connections drop while the window is in the background."""
    reopen: bool = True
    """Open the newest of them when nothing else is asked for."""


def settings_file() -> Path:
    """Where the settings are kept."""
    return platformdirs.user_config_path("wsmonitor") / "window.json"


def load_settings() -> Settings:
    """The settings of the last session, or the defaults."""
    try:
        return msgspec.json.decode(settings_file().read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def save_settings(settings: Settings) -> None:
    """Keep the settings; a disk that refuses costs nothing but them."""
    path = settings_file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(settings)))
        Path(name).replace(path)
