"""`make soak`: the real window, offscreen, on a lab where everything happens, while disconnects are forced.

Ends with a table of what there was at the start and at the end, and with 1 where something grew.
"""

import argparse
import asyncio
import json
import logging
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
from functools import partial

from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, RetryConfig, TrafficConfig

LAB = (sys.executable, "-P", "-m", "wsmonitor", "lab", "--until-stdin-ends")

EVERY_S = 10.0
DISRUPT_EVERY_S = 2.0
FORCED = ("tcp_reset", "graceful_close", "tcp_close", "half_close", "invalid_frame", "stall", "mute_pongs")


def main() -> None:
    """Run for so many minutes."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.environ["PYQTGRAPH_QT_LIB"] = os.environ["QT_API"] = "PySide6"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="wsmonitor-soak-") as home:
        for kind in ("CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = home
        said = os.path.join(home, "stderr")
        os.dup2(os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND), 2)  # the children write there as well
        code = _soak(given.minutes, given.seed)
        text = pathlib.Path(said).read_text().replace("This plugin does not support propagateSizeHints()", "").strip()
        if text:
            print(f"said on stderr:\n{text[-2000:]}")
        sys.exit(code or bool(text))


def endpoints(port: int, seed: int) -> list[EndpointConfig]:
    """Eight days in staging, each another; one that floods, one that echoes."""
    base = f"ws://127.0.0.1:{port}"
    urls = [f"{base}/mixed?seed={seed * 100 + day}&mean=6s" for day in range(8)] + [f"{base}/echo", f"{base}/flap"]
    return [
        EndpointConfig(
            name=f"soak {number}",
            url=url,
            ping=PingConfig(interval_s=0.5, timeout_s=1.0, max_missed=1),
            retry=RetryConfig(base_s=0.2, cap_s=1.0, breaker=False),
            traffic=TrafficConfig(messages=('{"type":"tick","seq":"${seq}"}',), every_s=0.2),
        )
        for number, url in enumerate(urls)
    ]


def _soak(minutes: float, seed: int) -> int:
    client = ProbeClient()
    client.start()
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication(["wsmonitor"])
    application.setStyle("Fusion")
    with subprocess.Popen(LAB, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdin is not None
        assert lab.stdout is not None
        port = int(json.loads(lab.stdout.readline())["port"])
        try:
            with asyncio.Runner(loop_factory=partial(qasync.QEventLoop, application)) as runner:
                return runner.run(_run(client, lab.pid, endpoints(port, seed), minutes, seed))
        finally:
            lab.stdin.close()
            client.close(1.5)


async def _run(client: ProbeClient, lab_pid: int, configs: list[EndpointConfig], minutes: float, seed: int) -> int:
    from PySide6.QtCore import qInstallMessageHandler

    from tests.benchmarks.meters import Frames, MeteredAnalyzer
    from tests.soak.census import census, table
    from wsmonitor.gui.look.theme import Look
    from wsmonitor.gui.start.options import WindowOptions
    from wsmonitor.gui.start.session import Session
    from wsmonitor.gui.window.window import Window

    errors: list[str] = []
    logging.getLogger().addHandler(_Collector(errors))
    qInstallMessageHandler(lambda _level, _context, message: _note(errors, message))
    look = Look("dark")
    look.apply()
    frames = Frames()
    analyzer = MeteredAnalyzer(time.monotonic_ns(), time.time_ns(), frames)
    session = Session(client, analyzer, Window(look))
    session.window.meter = frames
    session.window.resize_to(1400, 860)
    session.open(WindowOptions(endpoints=tuple(configs)), None)
    dice = random.Random(seed)
    rows: list[dict[str, float]] = []
    closures = forced = 0
    began_s = time.monotonic()
    while time.monotonic() - began_s < minutes * 60:
        frames.reset()
        analyzer.reset()
        for _ in range(round(EVERY_S / DISRUPT_EVERY_S)):
            await asyncio.sleep(DISRUPT_EVERY_S)
            kind = dice.choice(FORCED)
            argument = "1" if kind in ("stall", "mute_pongs") else ""
            session.controller.connect_now(config.name for config in configs)  # whoever gave up
            session.controller.disrupt([dice.choice(configs).name], kind, argument)
            forced += 1
        closures += sum(type(event).__name__ == "ConnectionClosed" for event in analyzer.lifecycle)
        assert client.pid is not None
        costs = sorted(frames.costs_ms) or [0.0]
        row = census(session.window, {"probe": client.pid, "lab": lab_pid})
        row |= {
            "errors": len(errors),
            "frame p50 (ms)": costs[len(costs) // 2],
            "frame p99 (ms)": costs[min(len(costs) - 1, int(len(costs) * 0.99))],
        }
        rows.append(row)
    lasted_min = (time.monotonic() - began_s) / 60
    text, fine = table(rows, lasted_min)
    print(text)
    print(f"{lasted_min:.1f} minutes, seed {seed}: {closures} closures, {forced} disconnects forced")
    for error in errors[:10]:
        print(f"error: {error[:200]}")
    await session.close()
    qInstallMessageHandler(None)
    return 0 if fine else 1


def _note(errors: list[str], message: str) -> None:
    if "propagateSizeHints" not in message:
        errors.append(message)


class _Collector(logging.Handler):
    """Keeps what is logged from WARNING on."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(f"{record.name}: {record.getMessage()}")


if __name__ == "__main__":
    main()
