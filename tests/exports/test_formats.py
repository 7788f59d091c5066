"""Every export format: one contract for all, and a golden file for each.

`WSMONITOR_GOLDEN=write` writes the golden files anew; look at the difference before you commit it.
"""

import csv
import io
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.recording.session import calm, excerpt, indiscreet, recorded
from wsmonitor import __version__
from wsmonitor.exports import FORMATS
from wsmonitor.exports.csv.lines import CsvLines
from wsmonitor.exports.format import Format
from wsmonitor.exports.headlines import at_the_end, headlines
from wsmonitor.exports.writing import export
from wsmonitor.recording import RecordingOptions, Replay
from wsmonitor.recording.privacy import Privacy

GOLDEN = Path(__file__).parent / "golden"
TEXTUAL = [form for form in FORMATS if form.id != "parquet"]
each_textual = pytest.mark.parametrize("form", TEXTUAL, ids=lambda form: form.id)


def exported(form: Format, source: object = None) -> bytes:
    sink = io.BytesIO()
    form.write(source or excerpt(), sink)  # type: ignore[arg-type]  # an excerpt or a replay
    return sink.getvalue()


def test_ids_are_words_and_unique() -> None:
    ids = [form.id for form in FORMATS]

    assert len(set(ids)) == len(ids)
    assert all(one.replace("-", "").isalpha() and one.islower() for one in ids)
    assert all(form.title and form.suffix.startswith(".") for form in FORMATS)


@each_textual
def test_the_golden_file_is_what_is_written(form: Format) -> None:
    golden = GOLDEN / f"{form.id}{form.suffix}"
    data = exported(form, excerpt(calm())).replace(f'"{__version__}"'.encode(), b'"VERSION"')
    if os.environ.get("WSMONITOR_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(data)

    assert data == golden.read_bytes()


@each_textual
def test_a_recording_gives_what_the_session_gives(form: Format, tmp_path: Path) -> None:
    with Replay(recorded(tmp_path / "run.wsmon")) as replay:
        from_file = exported(form, replay)

    assert from_file == exported(form, redacted_excerpt())


@each_textual
def test_a_session_without_events_is_a_valid_export(form: Format) -> None:
    assert exported(form, excerpt([]))


@each_textual
def test_no_secret_leaves_the_program(form: Format, tmp_path: Path) -> None:
    export(excerpt(indiscreet()), form, tmp_path / "out")

    assert b"s3cret" not in (tmp_path / "out").read_bytes()


def test_what_a_spreadsheet_would_run_is_made_text() -> None:
    line = CsvLines().lines([["=cmd|' /C calc'!A0", "-1+1", -1.5, None, "plain, text", True]]).decode()

    assert next(csv.reader([line])) == ["'=cmd|' /C calc'!A0", "'-1+1", "-1.5", "", "plain, text", "true"]


@pytest.mark.parametrize("form", [form for form in FORMATS if form.id.startswith("csv")], ids=lambda form: form.id)
def test_the_first_row_of_each_endpoint_says_what_the_session_came_to(form: Format) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(form).decode())))
    said = [(row.get("endpoint") or row["Endpoint"], next(reversed(row.values()))) for row in rows]

    told = [(name, line) for name, line in said if line]
    assert sorted(name for name, _ in told) == sorted({name for name, _ in said})
    lines = headlines(at_the_end(excerpt()))
    assert dict(told) == {name: lines[name].text for name in dict(said)}
    assert all(said.index(one) == [name for name, _ in said].index(one[0]) for one in told)


def redacted_excerpt() -> object:
    """The session as a recording keeps it: configurations redacted, messages cut."""
    privacy = Privacy(RecordingOptions(payload="full"))
    whole = excerpt()
    return replace(whole, endpoints=tuple(privacy.config(config) for config in whole.endpoints))
