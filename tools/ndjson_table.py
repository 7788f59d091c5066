"""`python -m tools.ndjson_table`: writes docs/ndjson.md, every record with an example."""

import inspect
import json
import re
from pathlib import Path
from typing import Final, get_args

from wsmonitor.facts.events import AnyEvent

ROOT: Final = Path(__file__).parents[1]
FILE: Final = ROOT / "docs" / "ndjson.md"
_GOLDEN: Final = ROOT / "tests" / "exports" / "json"
EXAMPLES: Final = (_GOLDEN / "golden.ndjson", _GOLDEN / "golden_findings.ndjson")
COMMON: Final = ("schema_version", "type", "endpoint", "time", "connection", "slot")
_HEAD: Final = """# NDJSON: one object a line

What `watch -o json`, `check -o json`, `replay -o json` and `export --format ndjson` write. New records and fields may
come; those that exist stay (`schema_version` 1). Always there: `schema_version`, `type`, `endpoint` (its name; empty
for facts about the monitor), `time` (epoch seconds), `connection` (counts the endpoint's opens; 0 before the first),
`slot` (which of its parallel connections). Units are in the names; `null` means not known or not there. Text of a
peer is shortened and escaped, secrets are `***` unless `--show-secrets`.
"""
_OTHERS: Final = {
    "headline": (
        "Only in files that were exported, before everything else: what the session came to in one line, as the window "
        "had it\nat the end. `level` is `failing` (a finding stands: `rule`), `learning`, `mended`, `fine` or `idle`."
    ),
    "finding": "What most probably happened, stated or stated anew with other numbers; `confidence` is 0 to 1.",
    "finding_withdrawn": "A finding that no longer holds.",
    "summary": "The last record of an endpoint: what the run came to.",
}


def page() -> str:
    """The page as it must be."""
    words = {str(kind.__struct_config__.tag): inspect.cleandoc(kind.__doc__ or "") for kind in get_args(AnyEvent)}
    examples: dict[str, list[dict[str, object]]] = {}
    for record in example_records():
        examples.setdefault(str(record["type"]), []).append(record)
    sections = [_section(kind, words.get(kind, _OTHERS.get(kind, "")), found) for kind, found in examples.items()]
    return "\n".join([_HEAD, *sections])


def example_records() -> list[dict[str, object]]:
    """One record or more of each type, in the order of the page."""
    return [json.loads(line) for file in EXAMPLES for line in file.read_text("utf-8").splitlines()]


def _section(kind: str, words: str, records: list[dict[str, object]]) -> str:
    fields = list(dict.fromkeys(name for record in records for name in record if name not in COMMON))
    own = {name: value for name, value in records[0].items() if name not in COMMON}
    named = ", ".join(f"`{name}`" for name in fields)
    example = json.dumps(own, ensure_ascii=True)
    text = _in_units_of_the_record(words, fields)
    return f"## {kind}\n\n{text}\n\nFields: {named or 'none of its own'}.\n\n```json\n{example}\n```\n"


def _in_units_of_the_record(words: str, fields: list[str]) -> str:
    """`words` of an event with the names that its record has for the nanoseconds."""
    known = {"at_ns": "time", "round_trip_ns": "rtt_ms"}

    def named(found: re.Match[str]) -> str:
        stem = found[1].removesuffix("_ns")
        return known.get(found[1]) or next(
            (f"{stem}{unit}" for unit in ("_ms", "_s") if stem + unit in fields), found[1]
        )

    return re.sub(r"(?<=`)(\w+_ns)(?=`)", named, words)


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
