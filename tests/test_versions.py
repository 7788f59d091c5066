"""The versions that we run with are ones known to be sound, and every one of them is pinned."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SUPPORTED = ("3.11", "3.12", "3.13")


def test_void_calls_of_pyside_take_no_reference_to_none() -> None:
    """PySide6 6.12.0 takes one each on Python < 3.12, until `none_dealloc` ends the process."""
    from PySide6.QtGui import QPainterPath

    path = QPainterPath()
    before = sys.getrefcount(None)

    for _ in range(1000):
        path.moveTo(0, 0)

    assert before - sys.getrefcount(None) < 100


def test_the_broken_pyside_cannot_be_installed_where_it_breaks() -> None:
    allowed = {python: _specifiers("pyside6-essentials", python) for python in SUPPORTED}

    assert not any(it.contains("6.12.0") for it in allowed["3.11"])
    assert all(it.contains("6.12.0") for python in ("3.12", "3.13") for it in allowed[python])
    assert all(it.contains("6.12.1") and it.contains("6.11.3") for its in allowed.values() for it in its)


def test_whatever_the_program_imports_is_a_dependency() -> None:
    """A package that happens to be in somebody's environment is missing in everybody else's."""
    homes = metadata.packages_distributions()
    extras = [text for name, texts in PROJECT["optional-dependencies"].items() if name != "dev" for text in texts]
    declared = {canonicalize_name(Requirement(text).name) for text in (*PROJECT["dependencies"], *extras)}

    undeclared = {
        name: file.name
        for file in (ROOT / "wsmonitor").rglob("*.py")
        if not file.name.startswith("hook-")  # PyInstaller runs it, never the program
        for name in _imported(file)
        if name not in sys.stdlib_module_names and name not in ("wsmonitor", "_typeshed")  # the one: the type checker's
        if not declared & {canonicalize_name(home) for home in homes.get(name, [name])}
    }

    assert undeclared == {}


def test_websockets_is_a_17() -> None:
    assert Version(metadata.version("websockets")).major == 17


@pytest.mark.parametrize("python", SUPPORTED)
def test_each_pin_is_a_version_that_the_project_asks_for(python: str) -> None:
    pins = _pins(python)
    asked = [Requirement(text) for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]

    unmet = [str(it) for it in asked if _applies(it, python) and not it.specifier.contains(pins[_key(it.name)])]

    assert unmet == []


def test_everything_that_setup_installs_is_pinned() -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert set(_installed_closure()) - set(_pins(python)) == set()


def _installed_closure() -> set[str]:
    """The names of all packages that wsmonitor with its `dev` extra needs here, direct or not."""
    found: set[str] = set()
    waiting = [Requirement("wsmonitor[dev]")]
    while waiting:
        requirement = waiting.pop()
        found.add(_key(requirement.name))
        extras = requirement.extras or {""}
        needs = [Requirement(text) for text in metadata.requires(requirement.name) or ()]
        waiting += [
            need
            for need in needs
            if _key(need.name) not in found
            and (need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras))
        ]
    return found - {"wsmonitor"}


def _pins(python: str) -> dict[str, str]:
    return {_key(pin.name): str(pin.specifier).removeprefix("==") for pin in _pin_lines() if _applies(pin, python)}


def _pin_lines() -> Iterator[Requirement]:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if not line.startswith("#"):
            yield Requirement(line)


def _specifiers(name: str, python: str) -> list[SpecifierSet]:
    asked = [Requirement(text) for text in PROJECT["dependencies"]]
    return [it.specifier for it in asked if _key(it.name) == name and _applies(it, python)]


def _applies(requirement: Requirement, python: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"python_version": python})


def _key(name: str) -> str:
    return str(canonicalize_name(name))


def _imported(file: Path) -> Iterator[str]:
    """The top-level modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]
