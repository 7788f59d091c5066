"""HAR: valid by the published schema, and what browsers expect of WebSocket entries."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.facts import NAME, closed, message, ns, opened, state
from tests.exports.json_schema import JsonSchema
from tests.recording.session import excerpt, story
from wsmonitor.exports.json import har
from wsmonitor.facts.events import AnyEvent, OpenFailed, Phase, PhaseDone, State

SCHEMA = JsonSchema(Path(__file__).parents[2] / "data" / "har-schema")


def exported(*events: AnyEvent) -> dict[str, Any]:
    sink = io.BytesIO()
    har.write(excerpt(list(events)), sink)
    found: dict[str, Any] = json.loads(sink.getvalue())
    return found


def only_entry(*events: AnyEvent) -> dict[str, Any]:
    (entry,) = exported(*events)["log"]["entries"]
    return dict(entry)


@pytest.mark.parametrize("events", [story(), [], story()[:20]], ids=["whole", "empty", "still open"])
def test_it_is_valid_by_the_published_schema(events: list[AnyEvent]) -> None:
    assert SCHEMA.mistakes(exported(*events), "har.json") == []


def test_the_checker_finds_mistakes() -> None:
    whole = exported(*story())
    entry = whole["log"]["entries"][0]
    entry["startedDateTime"] = "yesterday"
    entry["response"]["status"] = "101"
    del entry["timings"]["wait"]

    assert len(SCHEMA.mistakes(whole, "har.json")) >= 3


def test_each_connection_is_an_entry_of_its_own() -> None:
    entries = exported(*story())["log"]["entries"]

    connections = [(entry["_wsmonitor"]["endpoint"], entry["_wsmonitor"]["connection"]) for entry in entries]
    assert connections == [(NAME, 0), (NAME, 1), (NAME, 1), (NAME, 1), ("chat", 1), ("chat", 2)]
    assert all(entry["_resourceType"] == "websocket" for entry in entries)


def test_text_is_text_and_binary_is_base64() -> None:
    binary = message(3, payload=b"\x00\xff", direction="tx")
    entry = only_entry(
        opened(1), message(2, payload="grüß".encode()), type(binary)(**{**_fields(binary), "opcode": 2}), closed(4)
    )

    text, data = entry["_webSocketMessages"]
    assert (text["type"], text["opcode"], text["data"]) == ("receive", 1, "grüß")
    assert (data["type"], data["opcode"], base64.b64decode(data["data"])) == ("send", 2, b"\x00\xff")


def test_a_message_that_was_cut_says_how_long_it_was() -> None:
    cut = message(2, payload=b"x" * 10)
    entry = only_entry(opened(1), type(cut)(**{**_fields(cut), "size_bytes": 600}), closed(4))

    assert entry["_webSocketMessages"][0]["_wsmonitor"] == {"size_bytes": 600, "captured_bytes": 10}


def test_control_frames_are_kept_apart_from_messages() -> None:
    entry = exported(*story())["log"]["entries"][1]

    assert {one["opcode"] for one in entry["_webSocketMessages"]} == {1}
    assert {one["opcode"] for one in entry["_wsmonitor"]["controls"]} == {9}


def test_the_phases_of_the_opening_are_its_timings() -> None:
    names: tuple[Phase, ...] = ("dns", "tcp", "tls", "http")
    phases = [
        PhaseDone(at_ns=ns(1 + number), endpoint=NAME, phase=phase, duration_ns=number * 1_000_000)
        for number, phase in enumerate(names, start=1)
    ]
    entry = only_entry(state(1, State.RESOLVING), *phases, opened(6), closed(10))

    assert entry["timings"] == {
        "blocked": -1, "dns": 1, "connect": 5, "ssl": 3, "send": 0, "wait": 4, "receive": 8990,
    }  # fmt: skip
    assert entry["time"] == 9000


def test_a_refused_upgrade_is_an_entry_with_its_status() -> None:
    failure = OpenFailed(
        at_ns=ns(2), endpoint=NAME, phase="http", error="HTTP 403", duration_ns=9, status=403, detail={"body": "no!"}
    )
    entry = only_entry(state(1, State.RESOLVING), failure)

    assert (entry["response"]["status"], entry["response"]["content"]["text"]) == (403, "no!")
    assert entry["_error"] == "HTTP 403"


def _fields(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}
