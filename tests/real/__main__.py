"""`python -m tests.real`: sets up real servers and proxies, plants faults in them, and judges what is found.

`make real SEED=name` plays a round of that seed; `ONLY=words` plays only runs whose names contain one of them;
`KEEP=1` writes what was recorded to `tests/corpus/real/recordings`. As root it runs in a network namespace of its own,
so that nothing of the machine is touched, and faults of the network are played too.
"""

import argparse
import asyncio
import os
import random
import sys
import time
from pathlib import Path

from tests.corpus.real.recorded import FOLDER, Recording, keep
from tests.real import faults
from tests.real.case import Case
from tests.real.faults import network as network_faults
from tests.real.faults import proxies as proxy_faults
from tests.real.install import InstallError, install
from tests.real.play import NotStartedError, play
from tests.real.proxies import PROXIES
from tests.real.software import BUILD, KINDS, NEVER_TUNED_ON, ROOT

_INSIDE = "WSMONITOR_REAL_INSIDE"
_BEHIND_PROXIES = ("websockets", "aiohttp", "ws", "gorilla", "tomcat", "mojolicious", "uvicorn")


def main() -> None:
    """Set up, go into a namespace where that is possible, and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.real", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", default=time.strftime("%Y-%m-%d"), help="names the draw of this round")
    parser.add_argument("--only", nargs="*", default=[], help="words, one of which the name of a run must contain")
    parser.add_argument(
        "--share", type=float, default=1.0, help="play each run of a family that is tuned on with these odds"
    )
    parser.add_argument("--at-once", type=int, default=8, help="so many runs at the same time")
    parser.add_argument("--keep", type=Path, nargs="?", const=FOLDER, help="write the recordings to this folder")
    options = parser.parse_args()
    if not os.environ.get(_INSIDE):
        try:
            install()
        except InstallError as error:
            sys.exit(f"real: {error}")
        if os.geteuid() == 0:
            _go_inside()
    os.environ.setdefault("NODE_PATH", str(BUILD / "node" / "node_modules"))
    runs = asyncio.run(_round(drawn(options.seed, options.share, options.only), options.seed, options.at_once))
    if options.keep:
        keep(runs, options.keep)
    from tests.corpus.real.__main__ import report

    report(runs)


def drawn(seed: str, share: float, only: list[str]) -> list[Case]:
    """The runs of a seed, in an order that spreads heavy kinds."""
    cases: list[Case] = []
    behind = [kind for kind in KINDS if kind.name in _BEHIND_PROXIES]
    for kind in KINDS:
        odds = 1.0 if kind.name in NEVER_TUNED_ON else share
        cases += faults.cases_of(kind, random.Random(f"{seed} {kind.name}"), share=odds)
    for proxy in PROXIES:
        cases += proxy_faults.cases_of(proxy, behind, random.Random(f"{seed} {proxy}"))
    if os.environ.get(_INSIDE):
        cases += network_faults.cases_of(behind, random.Random(f"{seed} network"))
    cases = [case for case in cases if not only or any(word in case.name for word in only)]
    random.Random(seed).shuffle(cases)
    return cases


async def _round(cases: list[Case], seed: str, at_once: int) -> list[Recording]:
    places = asyncio.Semaphore(at_once)
    done: list[Recording] = []
    started_s = time.monotonic()

    async def one(number: int, case: Case) -> None:
        async with places:
            try:
                done.append(await play(case, f"{seed} {number}"))
            except (NotStartedError, OSError) as error:
                _say(f"not played: {case.name}: {' '.join(str(error).split())[-300:]}")
                return
            if len(done) % 20 == 0:
                _say(f"{len(done)} of {len(cases)} runs, {time.monotonic() - started_s:.0f} s")

    await asyncio.gather(*(one(number, case) for number, case in enumerate(cases)))
    return sorted(done, key=lambda run: (run.family, run.name))


def _go_inside() -> None:
    """Start over in namespaces of our own: no network but loopback, and a name that only proxies can look up."""
    hosts = BUILD / "hosts"
    hosts.write_text("127.0.0.1 localhost desk.test\n", encoding="ascii")
    script = f'mount --bind {hosts} /etc/hosts && ip link set lo up && exec "$@"'
    command = [
        "unshare",
        "--net",
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        sys.executable,
        "-m",
        "tests.real",
        *sys.argv[1:],
    ]
    os.environ[_INSIDE] = "1"
    os.chdir(ROOT)
    os.execvp(command[0], command)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
