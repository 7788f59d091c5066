"""`python -m tests.corpus.real`: how right the first finding is about real software, by family.

Of families that rules are never tuned on only the totals are printed. `--write` puts the tables into
`docs/truth.md`; `--folder` judges other recordings than those of the corpus.
"""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.corpus.real.measure import OUTCOMES, Measured, measure, total
from tests.corpus.real.recorded import FOLDER, Recording, recordings
from tests.real.software import NEVER_TUNED_ON

TRUTH: Final = Path(__file__).resolve().parents[3] / "docs" / "truth.md"
_HEADING: Final = """# How right wsmonitor is about servers that nobody here wrote

Real servers and proxies from Debian, npm, Python and PHP packages, one fault planted in each run (`make real`); written
by `python -m tests.corpus.real --write`. The first finding counts. "Left out" are families that no rule was ever tuned
on (`NEVER_TUNED_ON` in `tests/real/software.py`): while rules are worked on, only their totals are read. Half of the
clients have every setting as it comes, the others ping and dial as quickly as drawn. Where two causes fit the same
evidence (`SHARED` in `tests/corpus/real/truth.py`), naming the other one first is right only below 0.8, and only if the
finding says that the true one is not ruled out.
"""

_FIRST_LOOKS: Final = """## First looks

Kinds that had never been played, judged before any rule was changed for them. Where a failure of general interest was
then looked at, the family counts as tuned on above.

| day | kinds | faults | right first | true at 0.8 | true at 0.5 to 0.8 | healthy | alarmed |
|---|---|---|---|---|---|---|---|
| 2026-11-21 | Workerman (PHP), tcllib (Tcl), httpuv (R), Yaws (Erlang), lua-resty-websocket, workerd, microdot, \
aedes, SocketCluster; H2O, nghttpx, Hitch, pen, Privoxy before others | 100 | 94 (94%) | 49 of 51 | 36 of 37 | 17 | 0 |
| 2026-11-21, after what that showed was mended | ws4py and robyn (Rust); tcllib, httpuv, Yaws, workerd and aedes with \
other parameters | 70 | 67 (96%) | 31 of 33 | 33 of 34 | 12 | 0 |
| 2026-11-21, at a load of 25 to 30 on two cores | wsproto, Tremolo, Falcon, Litestar, pywebsocket3, Cowboy, CivetWeb, \
nats-server, tRPC, PeerJS, Hocuspocus; Traffic Server and http-proxy before others | 159 | 140 (88%) | 92 of 95 | \
58 of 60 | 26 | 0 |
| 2026-11-21, at a load of 28, after what that showed was mended | BlackSheep, Protocol::WebSocket (Perl), SWI-Prolog, \
websocketd, Centrifuge, ejabberd, Primus; redir and sslh before others | 66 | 54 (82%) | 23 of 25 | 28 of 29 | 13 | 0 |
| 2026-11-22, at a load of 22 to 30, after that was mended as well | ten of these kinds with other parameters | 73 | \
63 (86%) | 35 of 35 | 25 of 28 | 17 | 0 |

Of the first two, untrue at 0.8 were two quotas of bytes (a limit on sizes without its code; connections in step that a
restart ended) and two short stalls of our own machine, which stood at a load of 20, that had cost nothing. In the
third, three true sentences were labelled untrue: programs did answer no pings, or refuse what was said to them. In the
fourth, twice the code 3003, by which an old Centrifuge means a bad request, was told as a refusal of the client. In six
runs of these two rounds the fault did not act, in three the client said what the service refuses, and a program that
answered no pings was to do so: they count above, and are not kept.
"""


Judged = list[tuple[Recording, Measured]]


def main() -> None:
    """Print the tables; write them where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.real", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {TRUTH.name}")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the recordings are")
    options = parser.parse_args()
    judged = measure(recordings(options.folder))
    if options.write:
        day = time.strftime("%Y-%m-%d")
        text = f"{_HEADING}\nMeasured on {day}.\n\n{tables(judged)}\n\n{_FIRST_LOOKS}"
        TRUTH.write_text(text, encoding="utf-8")
    _report(judged)


def report(runs: list[Recording]) -> None:
    """Every mistake about families that may be looked at, then the tables."""
    _report(measure(runs))


def tables(judged: Judged) -> str:
    """Outcomes by family, claims by how sure they were, and outcomes by fault, as Markdown."""
    families: dict[str, Judged] = defaultdict(list)
    for run, one in judged:
        families[run.family].append((run, one))
    rows = [_head()]
    for family in sorted(families, key=lambda name: (name in NEVER_TUNED_ON, name)):
        rows.append(_row(f"{family}{' (left out)' if family in NEVER_TUNED_ON else ''}", total(families[family])))
    rows += [_row(f"**{side}**", total(part)) for side, part in sides(judged).items()]
    return "\n".join([*rows, "", *_reliability(judged), "", *_by_fault(judged)])


def sides(judged: Judged) -> dict[str, Judged]:
    """Those of families that rules are tuned on, and those of families that are left out."""
    return {
        "tuned": [(run, one) for run, one in judged if run.family not in NEVER_TUNED_ON],
        "left out": [(run, one) for run, one in judged if run.family in NEVER_TUNED_ON],
    }


def reliability(runs: list[Recording]) -> str:
    """Only how true findings were, by how sure they were."""
    return "\n".join(_reliability(measure(runs)))


def _report(judged: Judged) -> None:
    _say("\n".join(total(sides(judged)["tuned"]).lines))
    _say("")
    _say(tables(judged))


def _by_fault(judged: Judged) -> list[str]:
    """How often the first finding was right, for each planted fault, tuned on and left out."""
    parts = sides([(run, one) for run, one in judged if one.faults])
    rows = ["| fault | right first, tuned | right first, left out |", "|---|---|---|"]
    for fault in sorted({run.fault for run, one in judged if one.faults}):
        of = [total((run, one) for run, one in part if run.fault == fault) for part in parts.values()]
        cells = [f"{one.outcomes['right first']} of {one.faults}" if one.faults else "" for one in of]
        rows.append(f"| {fault} | {' | '.join(cells)} |")
    return rows


def _head() -> str:
    return f"| family | faults | {' | '.join(OUTCOMES)} | healthy | alarmed |\n|{'---|' * (len(OUTCOMES) + 4)}"


def _row(name: str, one: Measured) -> str:
    counts = " | ".join(str(one.outcomes[outcome]) for outcome in OUTCOMES)
    return f"| {name} | {one.faults} | {counts} | {one.healthy} | {one.alarmed} |"


def _reliability(judged: Judged) -> list[str]:
    """Of the findings that were stated so surely, how many were true."""
    rows = ["| how sure | findings | true |", "|---|---|---|"]
    for side, part in sides(judged).items():
        one = total(part)
        share = one.outcomes["right first"] / one.faults if one.faults else 1.0
        for band in ("0.8 and more", "0.5 to 0.8", "below 0.5"):
            told, true = one.claims[band], one.true_claims[band]
            rows.append(f"| {side}, {band} | {told} | {true} ({true / told if told else 1.0:.0%}) |")
        rows.append(f"| {side}, right first | {one.faults} | {one.outcomes['right first']} ({share:.0%}) |")
    return rows


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
