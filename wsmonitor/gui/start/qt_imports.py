"""How Qt is imported: without what PySide6 does at every start for programs that are not like this one. No Qt."""

import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zlib import crc32

_POSTPONED = {
    "shibokensupport/signature/layout.py": 1519412675,
    "shibokensupport/signature/lib/enum_sig.py": 766133272,
    "shibokensupport/signature/lib/pyi_generator.py": 1711296105,
    "shibokensupport/signature/parser.py": 274529439,
}
"""Modules of shiboken6 6.11.3 that only word what is wrong with a call, and CRC-32 of their sources.

It compiles them at every start: a quarter of the import of Qt. Those of another version are left as they are.
"""
_sources: dict[str, bytes] = {}


@contextmanager
def quick_imports() -> Iterator[None]:
    """Postpone `_POSTPONED` until somebody asks for what is in them, and keep the interpreter's own `import`.

    shiboken6 puts one in its place that reads the source of every module imported from then on, to look for
    `from __feature__ import ...`, which nothing here uses: half a millisecond for each of 700 modules.
    """
    import_, compile_ = builtins.__import__, builtins.compile

    def compile_or_postpone(source: object, filename: str, *args: object, **more: object) -> object:
        if isinstance(source, bytes) and _POSTPONED.get(str(filename)) == crc32(source):
            _sources[filename] = source
            source = f"from {__name__} import later\n__getattr__ = later(globals(), {filename!r})\ndel later"
        return compile_(source, filename, *args, **more)  # type: ignore[call-overload]  # as it was called

    builtins.compile = compile_or_postpone  # type: ignore[assignment]  # as above
    try:
        yield
    finally:
        builtins.__import__, builtins.compile = import_, compile_


def later(module: dict[str, object], filename: str) -> Callable[[str], object]:
    """The `__getattr__` of a postponed `module` (PEP 562): it runs the module first."""

    def run_and_get(name: str) -> object:
        if "__getattr__" not in module or name.startswith("__"):  # the import system asks for such names
            raise AttributeError(name)
        del module["__getattr__"]
        exec(compile(_sources.pop(filename), filename, "exec"), module)  # what shiboken6 would do
        return module[name]

    return run_and_get
