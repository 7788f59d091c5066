"""`make autobahn`: play every client case of Autobahn straight and through a tap, and write the table in `docs/tap.md`.

Needs `wstest` of autobahntestsuite (Python 2.7) on the PATH, or named by WSTEST. It takes an hour or two, so what is
in `build/autobahn/` is not played again.
"""

import argparse
import asyncio
import collections
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.autobahn.playing import Outcomes, play
from tools.servers.second_opinion import wstest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tap.md"
KEPT = ROOT / "build" / "autobahn"
START = "<!-- made by `make autobahn` -->"
GROUPS = {
    "1": "framing",
    "2": "pings and pongs",
    "3": "reserved bits",
    "4": "opcodes",
    "5": "fragmentation",
    "6": "UTF-8",
    "7": "closing",
    "9": "limits, up to 16 MiB",
    "10": "many messages",
    **{f"12.{number}": "compression, 1,000 messages each" for number in range(1, 6)},
    **{f"13.{number}": "compression with parameters, 1,000 messages each" for number in range(1, 8)},
}
Played = Mapping[str, tuple[Outcomes, Outcomes]]


def table(played: Played) -> Iterator[str]:
    """A row for each group, and one for each case that ended in another way."""
    yield from ("", "| cases | about | how they end without the tap | end through it alike |", "|---|---|---|---|")
    for group, (straight, tapped) in played.items():
        counts = collections.Counter(outcome.behaviour for outcome in straight.values())
        words = ", ".join(f"{count} {name}" for name, count in counts.most_common())
        alike = sum(tapped.get(case) == outcome for case, outcome in straight.items())
        yield f"| {group} | {GROUPS[group]} | {words} | {alike} of {len(straight)} |"
    yield ""
    yield from differing(played)


def differing(played: Played) -> list[str]:
    """The cases that did not end alike."""
    return [
        f"- {case}: {outcome} without the tap, {tapped.get(case)} through it"
        for straight, tapped in played.values()
        for case, outcome in straight.items()
        if tapped.get(case) != outcome
    ]


async def everything(command: str, groups: list[str], *, at_once: int) -> dict[str, tuple[Outcomes, Outcomes]]:
    """Play what was not played before."""
    free = asyncio.Semaphore(at_once)

    async def one(group: str) -> tuple[Outcomes, Outcomes]:
        async with free:
            found = await play(command, group, KEPT / group)
            print(f"{group}: {len(found[0])} cases straight, {len(found[1])} through the tap", flush=True)
            return found

    return dict(zip(groups, await asyncio.gather(*(one(group) for group in groups)), strict=True))


def main() -> int:
    """0 if every case ended alike."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, default=2, help="so many groups at once")
    parser.add_argument("--only", nargs="*", default=list(GROUPS), metavar="GROUP", choices=list(GROUPS))
    order = parser.parse_args()
    command = wstest()
    if command is None:
        print("expected wstest on the PATH, or its name in WSTEST")
        return 2
    for group in order.only:
        (KEPT / group).mkdir(parents=True, exist_ok=True)
    played = asyncio.run(everything(command, order.only, at_once=order.at_once))
    if order.only == list(GROUPS):
        head = PAGE.read_text("utf-8").partition(START)[0]
        PAGE.write_text(f"{head}{START}\n" + "\n".join(table(played)), encoding="utf-8")
    else:
        print(json.dumps({group: len(straight) for group, (straight, _) in played.items()}))
    print("\n".join(wrong := differing(played)) or "every case ended alike")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
