"""Who may import whom, room by room, read from the syntax trees; headless commands run where Qt cannot be imported."""

import ast
import asyncio
import json
import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

PACKAGE = Path(__file__).parents[1] / "wsmonitor"

FACTS = {"tables", "facts"}
WORDS = {*FACTS, "text"}
BASE = {*WORDS, "settings"}
READERS = {*BASE, "analysis", "diagnosis", "recording", "exports"}
GUI_BASE = {*READERS, "alerts", "command_line", "engine", "experiments", "plots", "probe", "program", "resources"}
GUI_ROOMS = {
    "look": set[str](),
    "start.remembered": set[str](),
    "start.log_file": set[str](),
    "window.action_table": set[str](),
    "window.toolbar": {"look", "window.action_table"},
    "feed": {"look"},
    "editor": {"look", "feed"},
    "groups": {"look"},
    "findings": {"look", "groups"},
    "tables": {"look", "findings"},
    "endpoints": {"look", "editor", "groups", "tables"},
    "sending": {"look"},
    "experiments": {"look"},
    "scorecard": {"look"},
    "tap": {"look"},
    "time": {"look", "findings", "groups"},
    "recordings": {"look", "feed"},
    "lab": {"look", "feed"},
    "lens": {"look"},
    "alerts": {"look", "feed"},
    "ends": {"look"},
    "workspace": {"look", "feed", "lab", "start.remembered"},
    "help": {
        "look",
        "findings",
        "groups",
        "tables",
        "window.action_table",
        "window.toolbar",
        "start.log_file",
        "start.remembered",
    },
    "window": {
        *("look", "feed", "endpoints", "findings", "tables", "ends", "sending", "time", "recordings", "lab", "help"),
        *("experiments", "groups", "scorecard", "tap"),
        "start.remembered",
    },
    "start": {""},
}
"""Room of the window -> the other rooms of it that its panels and forms may import."""

MAY_IMPORT = {
    "tables": set[str](),
    "facts": {"tables"},
    "text": FACTS,
    "settings": WORDS,
    "program": set[str](),
    "registry": set[str](),
    "frozen": {"resources"},
    "resources": set[str](),
    "engine.clocks": BASE,
    "engine.redialling": {*BASE, "engine", "engine.clocks"},
    "engine.opening": {*BASE, "engine", "engine.clocks", "engine.redialling", "engine.wire"},
    "engine.wire": {*BASE, "engine.clocks", "engine.opening"},
    "engine.heartbeats": {*BASE, "engine", "engine.clocks", "engine.wire"},
    "engine.disruptions": {*BASE, "engine", "engine.clocks", "engine.wire"},
    "engine": {
        *BASE,
        *(f"engine.{room}" for room in ("clocks", "disruptions", "heartbeats", "opening", "redialling", "wire")),
    },
    "experiments": {*BASE, "engine"},
    "tap": {*BASE, "engine"},
    "probe": {*BASE, "engine", "experiments", "program", "tap"},
    "diagnosis": BASE,
    "analysis": {*BASE, "diagnosis"},
    "recording": BASE,
    "alerts": BASE,
    "plots": {*WORDS, "analysis"},
    "exports": {*BASE, "analysis", "diagnosis", "recording", "plots"},
    "command_line": {*BASE, "recording"},
    "cli": {*READERS, "alerts", "command_line", "engine", "experiments", "plots", "probe", "program", "resources"},
    "gui": {*GUI_BASE},
    "lab": set[str](),  # an oracle must not share our bugs
    "__main__": {"program"},  # it imports the chosen command by its name
    "": set[str](),  # the package itself: its version, which anybody may ask for
}
"""Room -> the other rooms it may import, with all that is in them."""

MAY_IMPORT |= {f"gui.{room}": GUI_BASE | {f"gui.{one}".strip(".") for one in ones} for room, ones in GUI_ROOMS.items()}
ACTIONS = {f"wsmonitor.gui.{path.parent.name}.{path.stem}" for path in PACKAGE.glob("gui/*/*_actions.py")}
"""What buttons do stands above all panels: only the start makes it, and nobody hands it the window."""

FOR_ANYBODY = {"wsmonitor", "wsmonitor.__version__", "wsmonitor.registry"}

ONLY_FOR = {
    "wsmonitor.probe.server": {"wsmonitor.cli.probe"},
    "wsmonitor.lab": {"wsmonitor.cli.lab"},
    **{module: {"wsmonitor.gui.start"} for module in ACTIONS},
    "wsmonitor.gui.window.window": {"wsmonitor.gui.start"},
    "wsmonitor.settings.workspace": {"wsmonitor.command_line", "wsmonitor.cli", "wsmonitor.gui"},
    "numpy": {"wsmonitor.analysis", "wsmonitor.plots", "wsmonitor.gui"},
    "websockets": {"wsmonitor.engine", "wsmonitor.lab", "wsmonitor.tap"},
    "PySide6": {"wsmonitor.gui"},
    "shiboken6": {"wsmonitor.gui"},
    "pyqtgraph": {"wsmonitor.gui"},
    "qasync": {"wsmonitor.gui"},
}
"""Module -> the only ones, besides itself, that may import it or anything in it. This goes first."""

MOST_FILES = 12
"""Files of code in one room, its `__init__.py` not counted."""


def test_no_room_is_crowded() -> None:
    rooms = {folder: len(list(folder.glob("*.py"))) - 1 for folder in PACKAGE.rglob("*") if folder.is_dir()}

    assert {str(room.relative_to(PACKAGE)): count for room, count in rooms.items() if count > MOST_FILES} == {}


def test_every_room_says_what_it_is_for() -> None:
    silent = [path for path in PACKAGE.rglob("__init__.py") if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


def test_a_circle_is_found_wherever_one_comes_in() -> None:
    imports = {"a": {"b", "d"}, "b": {"c"}, "c": {"b", "a"}, "d": set[str](), "e": {"e2"}, "e2": {"d"}}

    assert circles(imports) == [["a", "b", "c"]]


def test_no_imports_go_in_a_circle() -> None:
    sources = {_module_name(path): path.read_text() for path in PACKAGE.rglob("*.py")}
    imports = {module: _modules_imported(module, source, sources) for module, source in sources.items()}

    assert circles(imports) == []


def test_every_module_imports_only_what_its_part_may() -> None:
    sources = {_module_name(path): path.read_text() for path in PACKAGE.rglob("*.py")}

    assert [rule for module, source in sources.items() for rule in broken_rules(module, source)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wsmonitor.engine.wire.watched_connection", "from wsmonitor.analysis.log import Log"),
        ("wsmonitor.engine.wire.watched_connection", "def late():\n    import numpy.linalg"),
        ("wsmonitor.engine.wire.watched_connection", "from ..analysis import log"),
        ("wsmonitor.engine", "from . import tap; from .. import workspace"),
        ("wsmonitor.analysis.log", "from wsmonitor import recording"),
        ("wsmonitor.plots.rtt", "import wsmonitor.recording"),
        ("wsmonitor.exports.csv", "from wsmonitor.gui.look import theme"),
        ("wsmonitor.cli.watch.command", "from wsmonitor.gui.look import theme"),
        ("wsmonitor.cli.watch.command", "from wsmonitor.probe import server"),
        ("wsmonitor.cli.watch.command", "from wsmonitor.lab.server import Lab"),
        ("wsmonitor.cli.watch.command", "import PySide6.QtCore"),
        ("wsmonitor.gui.window.window", "from wsmonitor.cli import watch"),
        ("wsmonitor.gui.window.window", "from websockets import connect"),
        ("wsmonitor.gui.help.help_actions", "from wsmonitor.gui.window.window import Window"),
        ("wsmonitor.gui.window.pages", "from wsmonitor.gui.endpoints.endpoint_actions import EndpointActions"),
        ("wsmonitor.gui.look.words", "from wsmonitor.gui.window import action_table"),
        ("wsmonitor.lab.server", "from wsmonitor.facts.errors import WsmonitorError"),
        ("wsmonitor.facts.events", "from wsmonitor.engine.wire import outbox"),
        ("wsmonitor.probe.client", "from wsmonitor.settings.workspace.reading import read"),
        ("wsmonitor.__main__", "from wsmonitor.gui.start import session"),
    ],
)
def test_an_import_against_the_direction_is_found(module: str, source: str) -> None:
    assert len(broken_rules(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "wsmonitor.engine.wire.watched_connection",
            "from wsmonitor.facts.events import Event; from .clock import Clock; import websockets",
        ),
        ("wsmonitor.cli.lab", "from wsmonitor.lab.server import Lab"),
        ("wsmonitor.cli.probe", "from wsmonitor.probe.server import main"),
        ("wsmonitor.gui.window.window", "import pyqtgraph; from wsmonitor.probe.client import Probe"),
        ("wsmonitor.lab.scenarios.healthy.echo", "from wsmonitor.lab.server import Lab; from .. import frames"),
        (
            "wsmonitor.settings.workspace.reading",
            "from wsmonitor.settings.workspace import rules; from wsmonitor import facts",
        ),
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
    return (PACKAGE.parent / name.replace(".", "/")).is_dir()


def _may_import(module: str, name: str) -> bool:
    for guarded, importers in ONLY_FOR.items():
        if _within(name, guarded):
            return any(_within(module, importer) for importer in {guarded, *importers})
    if not _within(name, "wsmonitor") or name in FOR_ANYBODY:
        return True
    room = _room(module)
    return any(_within(name, f"wsmonitor.{other}") for other in {room, *MAY_IMPORT[room]})


def _within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def _room(module: str) -> str:
    """The narrowest room of `MAY_IMPORT` that `module` is in."""
    inside = "gui" if module in ACTIONS else module.removeprefix("wsmonitor").removeprefix(".")
    return max((room for room in MAY_IMPORT if room and _within(inside, room)), key=len, default="")


def _modules_imported(module: str, source: str, modules: Collection[str]) -> set[str]:
    """The modules of ours that `module` names in its imports, those for type checking included."""
    package = module if _is_part(module) else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, [*_anchor(package, node.level), node.module]))
            inside = {f"{origin}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else origin for name in inside}
    return found & set(modules) - {module}


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other, each sorted: the strongly connected parts of more than one."""
    reached = {module: _reached(module, imports) for module in imports}
    found = {tuple(sorted(one for one in reached[module] if module in reached[one])) for module in imports}
    return sorted(list(group) for group in found if group)


def _reached(start: str, imports: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(imports[start])
    while ahead:
        one = ahead.pop()
        found.add(one)
        ahead |= imports[one] - found
    return found


def _module_name(path: Path) -> str:
    relative = path.relative_to(PACKAGE.parent).with_suffix("")
    parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    return ".".join(parts)
