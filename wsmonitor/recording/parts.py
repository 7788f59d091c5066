"""The names of a recording's files, and which of them are kept."""

from contextlib import suppress
from pathlib import Path


def part_path(first: Path, number: int) -> Path:
    """The file of part `number` (from 1): `run.wsmon`, `run-002.wsmon`; a name that is taken is passed over."""
    path = first if number == 1 else first.with_name(f"{first.stem}-{number:03}{first.suffix}")
    extra = 1
    while number > 1 and path.exists():
        extra += 1
        path = first.with_name(f"{first.stem}-{number:03}-{extra}{first.suffix}")
    return path


def keep_newest(paths: tuple[Path, ...], limit: int | None) -> tuple[Path, ...]:
    """Delete the oldest of `paths` beyond `limit`; those that are left."""
    if limit is None or len(paths) <= limit:
        return paths
    for path in paths[:-limit]:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return paths[-limit:]
