"""Autobahn's cases on the same server: where they and our checks look at the same thing, do they say the same?

Needs `wstest` of autobahntestsuite (Python 2.7) on the PATH, or named by WSTEST.
"""

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from wsmonitor.facts.answers import CheckResult, verdict_word

CASES = {
    "2.1": "ping/echo-empty",
    "2.4": "ping/echo-125",
    "2.5": "frames/ping-126",
    "2.7": "pong/unsolicited",
    "2.10": "ping/burst",
    "3.1": "frames/rsv3",
    "3.2": "frames/rsv2",
    "3.4": "frames/rsv1",
    "4.1.1": "frames/opcode-3",
    "4.2.1": "frames/opcode-11",
    "5.1": "frames/fragmented-ping",
    "5.6": "ping/in-fragments",
    "5.9": "frames/orphan",
    "5.18": "frames/interleaved",
    "6.3.1": "frames/utf8",
    "7.3.1": "close/answer-none",
    "7.3.2": "close/invalid-1-byte",
    "7.3.3": "close/answer-1000",
    "7.5.1": "close/invalid-utf8",
    "7.7.11": "close/answer-4000",
    "7.9.2": "close/invalid-999",
    "7.9.3": "close/invalid-1004",
    "7.9.4": "close/invalid-1005",
    "7.9.5": "close/invalid-1006",
    "7.9.9": "close/invalid-2999",
    "7.13.1": "close/invalid-5000",
}
"""Case -> our check of the same thing."""


def wstest() -> str | None:
    """The command; None where there is none."""
    return os.environ.get("WSTEST") or shutil.which("wstest")


async def verdicts(command: str, name: str, url: str) -> dict[str, tuple[str, str]]:
    """Case -> how Autobahn judges the server's behaviour and its closing."""
    return await asyncio.to_thread(_run, command, name, url)


def _run(command: str, name: str, url: str) -> dict[str, tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "spec.json")
        told = {"outdir": folder, "servers": [{"agent": name, "url": url}], "cases": list(CASES), "exclude-cases": []}
        spec.write_text(json.dumps({**told, "exclude-agent-cases": {}}))
        asked = [command, "-m", "fuzzingclient", "-s", str(spec)]
        subprocess.run(asked, cwd=folder, stdout=subprocess.DEVNULL, check=True)
        found = json.loads(Path(folder, "index.json").read_text())[name]
    return {case: (one["behavior"], one["behaviorClose"]) for case, one in found.items()}


def compared(theirs: dict[str, tuple[str, str]], rows: Iterable[CheckResult]) -> list[str]:
    """One line on how many agree, and one for each that does not."""
    ours = {row.id: row for row in rows}
    differing = []
    for case, (behaviour, closing) in theirs.items():
        row = ours[CASES[case]]
        is_wrong = verdict_word(row.verdict) in ("violates", "differs")
        if ("FAILED" in (behaviour, closing)) != is_wrong:
            differing.append(f"  - {case} {behaviour}, {closing}; `{row.id}` {row.verdict}: {row.actual}")
    count = len(theirs)
    return [f"- Autobahn's cases agree on {count - len(differing)} of {count} of these checks", *differing]
