"""What `pip install .` gives somebody who has no checkout."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from wsmonitor.resources import resource
from wsmonitor.settings.workspace import load

ROOT = Path(__file__).parents[1]
RESOURCES = (
    "icons/wsmonitor.svg",
    "icons/wsmonitor.png",
    "icons/chevron.svg",
    "icons/tick.svg",
    "sample.toml",
    "wsmonitor.desktop",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def test_resources_are_found_after_a_plain_install_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    _pip("install", "--no-deps", "--no-index", "--target", str(site), str(wheel))
    question = f"from wsmonitor.resources import resource; [print(resource(name)) for name in {RESOURCES}]"

    answer = subprocess.run(
        [sys.executable, "-S", "-c", question],  # -S: this environment's own (editable) wsmonitor is out of sight
        cwd=tmp_path,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )

    found = [Path(line) for line in answer.stdout.splitlines()]
    assert [path.relative_to(site / "wsmonitor/resource_files").as_posix() for path in found] == list(RESOURCES)
    assert all(path.read_bytes() == resource(name).read_bytes() for path, name in zip(found, RESOURCES, strict=True))


def test_resources_are_found_in_the_checkout() -> None:
    assert resource("sample.toml") == ROOT / "resources/sample.toml"


def test_the_sample_workspace_has_no_mistake() -> None:
    assert [endpoint.url for endpoint in load(resource("sample.toml")).endpoints] == [
        "ws://localhost:8000/chat",
        "wss://staging.example/ws",
    ]


def test_a_missing_resource_is_named_with_the_places_searched() -> None:
    with pytest.raises(FileNotFoundError, match=r"expected the resource 'nothing\.txt' .*resource_files, .*resources;"):
        resource("nothing.txt")


def test_the_wheel_brings_both_commands(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        entry_points = archive.read(name).decode().split()

    main = ["=", "wsmonitor.__main__:main"]
    assert [word for word in entry_points if not word.startswith("[")] == [
        *("wsmonitor", *main),
        *("wsmonitor-gui", *main),
        *("hook-dirs", "=", "wsmonitor.frozen:hook_folders"),
    ]


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        pictures = [name for name in archive.namelist() if "screenshots" in name]

    assert {top for top in tops if not top.endswith(".dist-info")} == {"wsmonitor"}
    assert pictures == []


def _pip(*words: str) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    result = subprocess.run([*pip, *words], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
