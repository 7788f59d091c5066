"""`watch` as a user runs it, attacked: its memory stays where it was."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.test_processes_end import is_running
from tests.waiting import until

MEMORY_BYTES = 200e6
SECONDS = 3.0


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for memory in /proc")
@pytest.mark.parametrize("attack", ["ping_flood", "deaf_ping_flood", "message_flood", "bomblets", "never_reads"])
def test_watch_under_attack_takes_bounded_memory(attack: str, ports: dict[str, int]) -> None:
    command = [sys.executable, "-P", "-m", "wsmonitor", "watch", f"ws://127.0.0.1:{ports[attack]}/", "-o", "json"]
    more = ["--send", "x" * 10_000, "--send-every", "1ms", "--duration", f"{SECONDS}s"]
    with subprocess.Popen([*command, *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        peaks = [0.0]

        def has_ended() -> bool:
            peaks.append(_peak_bytes(process.pid))
            return not is_running(process.pid)

        try:
            until("the end of watch", has_ended, limit_s=SECONDS * 10)
        finally:
            process.kill()
        assert process.stderr is not None
        said = process.stderr.read()

    assert process.returncode == 0, said
    assert b"Traceback" not in said
    assert max(peaks) <= MEMORY_BYTES


def _peak_bytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0.0)
