"""What an export format is: an entry of `FORMATS`."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

from msgspec import Struct

from wsmonitor.exports.source import Source


class Sink(Protocol):
    """Where an export writes; a binary file is one."""

    def write(self, data: bytes, /) -> object: ...


class Format(Struct, frozen=True):
    """One way to write a session to a file.

    `id` is what `wsmonitor export --format` takes, `title` what a dialog shows, `suffix` how the file's
    name ends. `write` reads the source once and writes everything. `needs` is a package that has to be
    installed (`pip install "wsmonitor[EXTRA]"` with `extra`); empty where nothing is needed.
    """

    id: str
    title: str
    suffix: str
    write: Callable[[Source, Sink], None]
    needs: str = ""
    extra: str = ""

    @property
    def is_available(self) -> bool:
        """False while the package that it needs is missing."""
        return not self.needs or find_spec(self.needs) is not None
