"""Files that travel with the program: the icon, the sample workspace, the desktop entry."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_FOLDERS = (
    _PACKAGE / "resource_files",  # after an install: pyproject.toml puts them there
    _PACKAGE.parent / "resources",  # in a checkout, and through an editable install
)


def resource(name: str) -> Path:
    """Path of the resource `name`, such as `icons/wsmonitor.svg`.

    Raises `FileNotFoundError` where there is none; it names the folders that were searched.
    """
    for folder in _FOLDERS:
        path = folder / name
        if path.exists():
            return path
    searched = ", ".join(str(folder) for folder in _FOLDERS)
    raise FileNotFoundError(
        f"expected the resource {name!r} in one of {searched}; found it in none: reinstall wsmonitor"
    )
