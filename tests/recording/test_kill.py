"""SIGKILL at any moment loses at most the last 250 ms, and the file opens."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wsmonitor.recording import Replay

ROUNDS = int(os.environ.get("WSMONITOR_KILL_ROUNDS", "5"))
PROMISE_NS = 250_000_000
SLACK_NS = 250_000_000
"""For a machine that runs other tests at the same time: threads wait for a processor."""

WRITER = """
import sys, time
from pathlib import Path
from wsmonitor.facts.events import RttSample
from wsmonitor.recording import Recorder

recorder = Recorder(Path(sys.argv[1]))
recorder.start()
number = 0
while True:
    number += 1
    now_ns = time.monotonic_ns()
    recorder.write([RttSample(at_ns=now_ns, endpoint="v", kind="ws", round_trip_ns=number)])
    if number == 1:
        print("writing", flush=True)
    time.sleep(0.001)
"""


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_kill_loses_at_most_what_was_promised(tmp_path: Path, number: int) -> None:
    path = tmp_path / "run.wsmon"
    process = subprocess.Popen([sys.executable, "-P", "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    with process:
        moment_s = random.Random(number).uniform(0.3, 1.0)
        try:
            process.wait(moment_s)
        except subprocess.TimeoutExpired:
            killed_ns = time.monotonic_ns()
            os.kill(process.pid, signal.SIGKILL)

    with Replay(path) as replay:
        events = [event for batch in replay.batches() for event in batch]

    assert [event.round_trip_ns for event in events] == list(range(1, len(events) + 1))  # type: ignore[union-attr]
    assert killed_ns - events[-1].at_ns <= PROMISE_NS + SLACK_NS
    assert any("not ended properly" in problem for problem in replay.problems)
