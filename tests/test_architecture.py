"""Who may import whom, read from the syntax trees; and headless commands run where Qt cannot be imported.

`base` is every module or package directly below `wsmonitor` that is no part named in `MAY_IMPORT`.
"""

import ast
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

PACKAGE = Path(__file__).parents[1] / "wsmonitor"

MAY_IMPORT = {
    "engine": {"base"},
    "analysis": {"base"},
    "recording": {"base"},
    "plots": {"base", "analysis"},
    "exports": {"base", "analysis", "recording", "plots"},
    "probe": {"base", "engine"},
    "cli": {"base", "engine", "analysis", "recording", "plots", "exports", "probe"},
    "gui": {"base", "engine", "analysis", "recording", "plots", "exports", "probe"},
    "lab": set[str](),  # an oracle must not share our bugs
    "base": set[str](),
    "__main__": {"base"},  # it imports the chosen command by its name
}
"""Part -> the other parts it may import."""

ONLY_FOR = {
    "wsmonitor.probe.server": {"wsmonitor.cli.probe"},
    "wsmonitor.lab": {"wsmonitor.cli.lab"},
    "wsmonitor.workspace": {"wsmonitor.command_line", "wsmonitor.cli", "wsmonitor.gui"},
    "numpy": {"wsmonitor.analysis", "wsmonitor.plots", "wsmonitor.gui"},
    "websockets": {"wsmonitor.engine", "wsmonitor.lab"},
    "PySide6": {"wsmonitor.gui"},
    "shiboken6": {"wsmonitor.gui"},
    "pyqtgraph": {"wsmonitor.gui"},
    "qasync": {"wsmonitor.gui"},
}
"""Module -> the only ones, besides itself, that may import it or anything in it. This goes first."""


def test_every_module_imports_only_what_its_part_may() -> None:
    sources = {_module_name(path): path.read_text() for path in PACKAGE.rglob("*.py")}

    assert [rule for module, source in sources.items() for rule in broken_rules(module, source)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wsmonitor.engine.tap", "from wsmonitor.analysis.log import Log"),
        ("wsmonitor.engine.tap", "def late():\n    import numpy.linalg"),
        ("wsmonitor.engine.tap", "from ..analysis import log"),
        ("wsmonitor.engine", "from . import tap; from .. import workspace"),
        ("wsmonitor.analysis.log", "from wsmonitor import recording"),
        ("wsmonitor.plots.rtt", "import wsmonitor.recording"),
        ("wsmonitor.exports.csv", "from wsmonitor.gui import theme"),
        ("wsmonitor.cli.watch", "from wsmonitor.gui import theme"),
        ("wsmonitor.cli.watch", "from wsmonitor.probe import server"),
        ("wsmonitor.cli.watch", "from wsmonitor.lab.server import Lab"),
        ("wsmonitor.cli.watch", "import PySide6.QtCore"),
        ("wsmonitor.gui.window", "from wsmonitor.cli import watch"),
        ("wsmonitor.gui.window", "from websockets import connect"),
        ("wsmonitor.lab.server", "from wsmonitor.errors import WsmonitorError"),
        ("wsmonitor.events", "from wsmonitor.engine import tap"),
        ("wsmonitor.probe.client", "from wsmonitor.workspace.reading import read"),
        ("wsmonitor.__main__", "from wsmonitor.gui import app"),
    ],
)
def test_an_import_against_the_direction_is_found(module: str, source: str) -> None:
    assert len(broken_rules(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wsmonitor.engine.tap", "from wsmonitor.events import Event; from .clock import Clock; import websockets"),
        ("wsmonitor.cli.lab", "from wsmonitor.lab.server import Lab"),
        ("wsmonitor.cli.probe", "from wsmonitor.probe.server import main"),
        ("wsmonitor.gui.window", "import pyqtgraph; from wsmonitor.probe.client import Probe"),
        ("wsmonitor.lab.scenarios.echo", "from wsmonitor.lab.server import Lab; from .. import frames"),
        ("wsmonitor.workspace.reading", "from wsmonitor.workspace import rules; from wsmonitor import config"),
    ],
)
def test_an_import_in_the_direction_is_free(module: str, source: str) -> None:
    assert broken_rules(module, source) == []


async def test_watch_runs_where_qt_cannot_be_imported(tmp_path: Path) -> None:
    for name in ("PySide6", "shiboken6", "pyqtgraph", "qasync"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('this test has no Qt')")

    async with serve(_echo, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        words = ("-m", "wsmonitor", "watch", f"ws://127.0.0.1:{port}/", "--duration", "1s", "-o", "json")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()

    assert (process.returncode, errors.decode()) == (0, "")
    summary = json.loads(output.splitlines()[-1])
    assert (summary["type"], summary["connections"]) == ("summary", 1)


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def broken_rules(module: str, source: str) -> list[str]:
    """A sentence for each import in `source` that `module` may not make."""
    is_package = (PACKAGE.parent / module.replace(".", "/") / "__init__.py").exists()
    package = module if is_package else module.rpartition(".")[0]
    imported = set(_imports(ast.parse(source), package))
    return [f"{module} imports {name}" for name in sorted(imported) if not _may_import(module, name)]


def _imports(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, [*_anchor(package, node.level), node.module]))
            names = [f"{origin}.{alias.name}" for alias in node.names]
            # `from a import b` may mean the module a.b: that is where a part of ours is meant.
            yield from names if origin == "wsmonitor" or _is_part(origin) else [origin]


def _anchor(package: str, level: int) -> list[str]:
    """What the `level` dots of a relative import stand for."""
    parts = package.split(".")
    return parts[: len(parts) - level + 1] if level else []


def _is_part(name: str) -> bool:
    return name.startswith("wsmonitor.") and name.count(".") == 1


def _may_import(module: str, name: str) -> bool:
    for guarded, importers in ONLY_FOR.items():
        if _within(name, guarded):
            return any(_within(module, importer) for importer in {guarded, *importers})
    importer = _part(module)
    return not _within(name, "wsmonitor") or _part(name) in {importer, *MAY_IMPORT[importer]}


def _within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def _part(name: str) -> str:
    part = name.split(".")[1] if "." in name else ""
    return part if part in MAY_IMPORT else "base"


def _module_name(path: Path) -> str:
    relative = path.relative_to(PACKAGE.parent).with_suffix("")
    parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    return ".".join(parts)
