"""One round: the window records its lab, something happens to one of its processes at a random moment, and then?

The same number plays the same round, as far as a machine repeats itself.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.faults.family import Family, listens_to_signals
from tests.faults.patience import Patience
from tests.faults.recorded import check, committed
from tests.waiting import until

START_LIMIT_S = 30.0
ORPHAN_LIMIT_S = 2.0
"""No process of ours survives the window longer than this."""

RESTART_LIMIT_S = 10.0
CLOSE_LIMIT_S = 10.0
"""What is promised is 2 s. Of a start that is under way all counts, the children's too, and where many processes share
a processor one runs at half its speed.
"""

VICTIMS = ("main", "probe", "lab")
BLOWS = ("kill", "stop", "stop and go on")


@dataclass(frozen=True)
class Round:
    """What happens: to whom, how, and when after the window has started its children."""

    number: int
    victim: str
    blow: str
    moment_s: float

    def __str__(self) -> str:
        return f"{self.blow} {self.victim} after {self.moment_s:.2f} s"


@dataclass(frozen=True)
class Result:
    """How it went: how long the window took to end, where it was closed, and from then on until nobody was left."""

    round: Round
    closed_s: float
    gone_s: float


def plan(number: int) -> Round:
    """The round of that number; half of them strike within the first 300 ms, while much is half done."""
    dice = random.Random(number)
    moment_s = dice.uniform(0, 0.3) if dice.random() < 0.5 else dice.uniform(0.3, 3.0)
    return Round(number, dice.choice(VICTIMS), dice.choice(BLOWS), moment_s)


def play(this: Round) -> Result:
    """Play a round. Raises `AssertionError` where a promise was broken."""
    family = Family()
    clock = Patience(family)
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "round.wsmon"
        window = subprocess.Popen(
            [sys.executable, "-P", "-X", "faulthandler", "-m", "wsmonitor", "--lab", "--record", str(recording)],
            env=family.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            until(
                "probe and lab", lambda: {*VICTIMS} <= {*family.members().values()}, limit_s=START_LIMIT_S, clock=clock
            )
            _let_run(window, this.moment_s)
            at_least = committed(recording)
            result = _strike(this, family, window, clock)
            check(recording, at_least=at_least, was_ended=window.returncode == 0)
            return result
        except AssertionError as error:
            raise AssertionError(f"{error}\n{family.members()}\n{_last_words(window, said)}") from None
        finally:
            family.kill()
            window.wait()


def _last_words(window: "subprocess.Popen[bytes]", said: IO[str]) -> str:
    """What the window wrote, and where it stands now."""
    if window.poll() is None:
        window.send_signal(signal.SIGABRT)  # faulthandler writes where every thread is
        with suppress(subprocess.TimeoutExpired):
            window.wait(2)
    said.seek(0)
    return said.read()[-4000:]


def _strike(this: Round, family: Family, window: "subprocess.Popen[bytes]", clock: Patience) -> Result:
    pid = family.one(this.victim)
    assert pid is not None, f"{this.victim} runs"
    os.kill(pid, signal.SIGKILL if this.blow == "kill" else signal.SIGSTOP)
    if this.blow == "stop and go on":
        _let_run(window, 0.2)
        os.kill(pid, signal.SIGCONT)
    if this.victim == "main" and this.blow != "stop and go on":
        window.kill()
        closed_s = 0.0
    else:
        if this.victim == "probe" and this.blow == "kill":
            until("another probe", lambda: family.one("probe") not in (None, pid), limit_s=RESTART_LIMIT_S, clock=clock)
        closed_s = _close(this, window, clock)
    began_s = clock()
    until(f"nobody left after {this}", lambda: not family.members(), limit_s=ORPHAN_LIMIT_S, clock=clock)
    return Result(this, closed_s, clock() - began_s)


def _let_run(window: "subprocess.Popen[bytes]", seconds: float) -> None:
    """The moment is what the round is about: the window must live until then."""
    with suppress(subprocess.TimeoutExpired):
        raise AssertionError(f"the window ended with {window.wait(seconds)} by itself")


def _close(this: Round, window: "subprocess.Popen[bytes]", clock: Patience) -> float:
    """Close the window as a user would, once it is able to be closed."""
    until("the window", lambda: listens_to_signals(window.pid), limit_s=START_LIMIT_S, clock=clock)
    window.terminate()
    began_s = clock()
    until(f"the end of the window after {this}", lambda: window.poll() is not None, limit_s=CLOSE_LIMIT_S, clock=clock)
    return clock() - began_s
