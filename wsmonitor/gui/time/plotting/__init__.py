"""The pyqtgraph border: paints `plots/drawing.py` on one shared time axis. Imported after first paint."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


class _Mirror(ModuleType):
    """A module of Qt as pyqtgraph has it: each name is taken from PySide6 once it is asked for."""

    def __init__(self, qt: ModuleType) -> None:
        super().__init__(qt.__name__.replace("PySide6", "pyqtgraph.Qt"))
        self._qt = qt

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._qt, name)
        setattr(self, name, found)
        return found


def _import_pyqtgraph() -> None:
    """Import it without its copying every name of Qt: to copy a class has PySide6 make it, and there are hundreds.

    It finds mirrors in the place of its copies, and no names to copy.
    """
    modules = [import_module(f"PySide6.{name}") for name in ("QtCore", "QtGui", "QtWidgets")]
    sys.modules.update({mirror.__name__: mirror for mirror in map(_Mirror, modules)})
    with _nameless(modules):
        import_module("pyqtgraph")


@contextmanager
def _nameless(modules: list[ModuleType]) -> Iterator[None]:
    """While this lasts `dir(module)` is empty; what answers it is in the module (PEP 562)."""
    answers = [vars(module).pop("__dir__", None) for module in modules]
    for module in modules:
        vars(module)["__dir__"] = list
    try:
        yield
    finally:
        for module, answer in zip(modules, answers, strict=True):
            del vars(module)["__dir__"]
            if answer is not None:
                vars(module)["__dir__"] = answer


_import_pyqtgraph()
