"""How Qt is imported: without the `import` that PySide6 brings along. No Qt."""

import builtins
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def plain_imports() -> Iterator[None]:
    """Keep the interpreter's own `import`.

    shiboken6 puts one in its place that reads the source of every module imported from then on, to look for
    `from __feature__ import ...`, which nothing here uses: half a millisecond for each of 700 modules.
    """
    import_ = builtins.__import__
    try:
        yield
    finally:
        builtins.__import__ = import_
