"""Registries: many things of one kind, a file each, one line each in a tuple of names. Imports nothing of ours."""

import logging
from collections.abc import Sequence
from importlib import import_module
from typing import TypeVar

_log = logging.getLogger(__name__)
T = TypeVar("T")


def entries(package: str, names: Sequence[str], attribute: str, kind: type[T]) -> tuple[T, ...]:
    """What each module `package.name` calls `attribute`, in the order of `names`.

    One that cannot be imported, lacks it or has another type there is logged and left out: a broken entry
    takes no other with it.
    """
    found = []
    for name in names:
        try:
            entry = getattr(import_module(f"{package}.{name}"), attribute)
            if not isinstance(entry, kind):
                raise TypeError(f"expected {attribute} to be a {kind.__name__}, found {entry!r}")
        except Exception:  # whatever a broken file does at import, the others are to be had
            _log.exception("%s.%s is broken and left out", package, name)
        else:
            found.append(entry)
    return tuple(found)
