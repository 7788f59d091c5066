"""An export appears whole or not at all, and never over something that is there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.recording.session import excerpt, story
from wsmonitor.exports import FORMATS
from wsmonitor.exports.format import Format
from wsmonitor.exports.source import ExportCancelledError
from wsmonitor.exports.writing import ExportError, export
from wsmonitor.facts.events import AnyEvent

NDJSON = FORMATS[0]


def test_an_existing_file_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")

    with pytest.raises(ExportError, match="exists already; choose another name or overwrite it with --force"):
        export(excerpt(), NDJSON, tmp_path / "out")

    assert (tmp_path / "out").read_text() == "mine"


def test_force_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")

    export(excerpt(), NDJSON, tmp_path / "out", force=True)

    assert (tmp_path / "out").read_bytes().startswith(b"{")


def test_a_file_that_appears_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    def write(source: object, sink: object) -> None:
        (tmp_path / "out").write_text("mine")

    with pytest.raises(ExportError, match="exists already"):
        export(excerpt(), Format("x", "X", ".x", write), tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "mine"


def test_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    asked = iter([False, True])

    with pytest.raises(ExportCancelledError):
        export(excerpt(story() * 20), NDJSON, tmp_path / "out", is_cancelled=lambda: next(asked))

    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")

    with pytest.raises(ZeroDivisionError):
        export(Broken(), NDJSON, tmp_path / "out", force=True)

    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written: there is no folder"):
        export(excerpt(), NDJSON, tmp_path / "none" / "out")


def test_a_format_whose_package_is_missing_says_how_to_get_it(tmp_path: Path) -> None:
    form = Format("x", "X", ".x", NDJSON.write, needs="no_such_package", extra="x")

    with pytest.raises(ExportError, match=r"needs no_such_package: pip install 'wsmonitor\[x\]'"):
        export(excerpt(), form, tmp_path / "out")


@dataclass
class Broken:
    start_ns: int = 0
    wall_ns: int = 0
    end_ns: int = 0
    endpoints: tuple[()] = ()
    problems: list[str] = field(default_factory=list)

    def batches(self) -> Iterator[list[AnyEvent]]:
        yield story()
        raise ZeroDivisionError
