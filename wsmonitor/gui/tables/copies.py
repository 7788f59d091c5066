"""What "Copy as" offers for a row: pairs of a title and a text; secrets only where the title says so. Pure."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wsmonitor.exports.json.ndjson import Ndjson
from wsmonitor.facts.events import AnyEvent, Message
from wsmonitor.settings import copied
from wsmonitor.text.redact import redact_url

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Snapshot
    from wsmonitor.settings.endpoint_settings import EndpointConfig

Copies = list[tuple[str, str]]

_COMMANDS = (("URL", copied.as_url), ("curl", copied.as_curl), ("websocat", copied.as_websocat))


def endpoint_copies(config: "EndpointConfig | None", url: str, row: Sequence[tuple[str, str]]) -> Copies:
    """Of an endpoint: how others dial it, and its row; `url` is that of one that is only known from a recording."""
    if config is None:
        copies = [("URL", redact_url(url))]
    else:
        copies = [(title, command(config)) for title, command in _COMMANDS]
        if copied.has_secrets(config):
            copies += [(f"{title} with its secrets", command(config, secrets=True)) for title, command in _COMMANDS]
    cells = dict(row) | {"URL": redact_url(url)}
    return [
        *copies,
        ("row as text", "\t".join(text for _, text in row)),
        ("row as JSON", json.dumps(cells, ensure_ascii=False)),
    ]


def event_copies(event: AnyEvent, row: Sequence[str], snapshot: "Snapshot") -> Copies:
    """Of a message, an event or an ending: its row, its record as `watch -o json` writes it, what a message holds."""
    record = Ndjson(snapshot.wall).record(event)
    copies = [("row as text", "\t".join(row)), ("row as JSON", json.dumps(record, ensure_ascii=False))]
    if isinstance(event, Message):
        is_text = event.opcode == 1
        payload = event.payload.decode("utf-8", "replace") if is_text else event.payload.hex(" ")
        cut = "" if len(event.payload) == event.size_bytes else ", as far as it was captured"
        copies.insert(0, (f"payload{'' if is_text else ' as hex'}{cut}", payload))
    return copies
