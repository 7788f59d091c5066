"""What a recording costs: `recorded` records 50 endpoints at 10 Hz and says the share of a core that took."""

import tempfile
import time
from pathlib import Path

from wsmonitor.facts.events import AnyEvent, RttSample
from wsmonitor.recording import Recorder
from wsmonitor.settings.endpoint_settings import NS

ENDPOINTS, HZ = 50, 10
SECONDS = 5.0
TICK_S = 0.033


def main() -> None:
    """Once without a recorder, once with one."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder) / "run.wsmon")
        without = _share(None)
        recorder.start()
        print(_share(recorder) - without, flush=True)
        recorder.close()


def _share(recorder: Recorder | None) -> float:
    began_s, cpu_s, told = time.monotonic(), time.process_time(), 0
    while (passed_s := time.monotonic() - began_s) < SECONDS:
        due = int(passed_s * HZ * ENDPOINTS)
        events: list[AnyEvent] = [_sample(number) for number in range(told, due)]
        told = due
        if recorder is not None:
            recorder.write(events)
        time.sleep(TICK_S)
    return (time.process_time() - cpu_s) / (time.monotonic() - began_s)


def _sample(number: int) -> RttSample:
    name = f"endpoint {number % ENDPOINTS}"
    return RttSample(
        endpoint=name, connection=1, at_ns=number * NS // HZ // ENDPOINTS, kind="ws", round_trip_ns=300_000 + number
    )


if __name__ == "__main__":
    main()
