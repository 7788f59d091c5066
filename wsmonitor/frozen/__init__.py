"""What PyInstaller must know to freeze wsmonitor; it asks by the entry point in `pyproject.toml`."""

from pathlib import Path


def hook_folders() -> list[str]:
    """Where the hooks are (https://pyinstaller.org/en/stable/hooks.html)."""
    return [str(Path(__file__).parent)]
