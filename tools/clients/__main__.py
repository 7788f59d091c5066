"""`make clients`: audit clients whose manners are known, and write the table in `docs/reconnect.md`."""

import asyncio
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.clients.roster import BUILD, CLIENTS, Client
from tools.clients.running import rows_of
from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.text.wording.reconnect_words import MARKS

PAGE = Path(__file__).parents[2] / "docs" / "reconnect.md"
START = "<!-- made by `make clients` -->"
Found = list[tuple[Client, list[ReconnectRow]]]


def table(found: Found) -> Iterator[str]:
    """A table for each client: what its source says, and what the audit found."""
    for client, rows in found:
        yield from ("", f"### {client.name} {version(client)}", "", f"Source: {client.source}.", "")
        yield from ("| fault | known | found |", "|---|---|---|")
        for row in rows:
            known = client.known.get(row.fault)
            said = "" if known is None else known.words
            numbers = [f"{name} {value:g}" for name, value in _numbers(row)]
            words = f"{MARKS[row.verdict]}: {row.sentence}" + (f" ({', '.join(numbers)})" if numbers else "")
            yield f"| `{row.fault}` | {said.replace('|', ' ')} | {words.replace('|', ' ')} |"


def problems(client: Client, rows: list[ReconnectRow]) -> list[str]:
    """Where the audit says other than the source."""
    by_name = {row.fault: row for row in rows}
    return [
        f"{client.name}: {fault}: known: {known.words}; found: {by_name[fault].verdict}: {by_name[fault].sentence}"
        for fault, known in client.known.items()
        if not known.holds(by_name[fault])
    ]


def version(client: Client) -> str:
    """Of the package that it is made with."""
    if client.package == "chromium":
        said = subprocess.run([client.command[0], "--version"], capture_output=True, text=True, check=True).stdout
        return said.split()[1]
    manifest = BUILD / "node_modules" / client.package / "package.json"
    if manifest.is_file():
        return str(json.loads(manifest.read_text())["version"])
    return "" if client.package == "wsmonitor" else importlib.metadata.version(client.package)


def _numbers(row: ReconnectRow) -> Iterator[tuple[str, float]]:
    yield from (
        (name.replace("_", " "), value)
        for name in ("tries_per_minute", "growth", "jitter", "cap_s", "lost", "twice")
        if (value := getattr(row, name))
    )


async def main() -> int:
    """0 if everything that is known was found."""
    ready = [client for client in CLIENTS if not client.missing]
    starting = asyncio.Lock()
    rows = await asyncio.gather(*(rows_of(client, starting) for client in ready))
    found = list(zip(ready, rows, strict=True))
    left_out = [f"{client.name}: skipped: {client.missing}" for client in CLIENTS if client.missing]
    head = PAGE.read_text("utf-8").partition(START)[0]
    PAGE.write_text(head + START + "\n" + "\n".join([*table(found), *left_out]) + "\n", encoding="utf-8")
    wrong = [one for client, rows in found for one in problems(client, rows)]
    print("\n".join([*left_out, *wrong]) or "everything that is known was found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
