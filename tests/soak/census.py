"""What there is at one moment: memory, descriptors and threads of each process, and the window's own things."""

import asyncio
import gc
import os
import resource
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from wsmonitor.gui.findings.findings_panel import FindingsPanel

MB = 1e6


@dataclass(frozen=True)
class Limit:
    """How much something may grow between start and end: a share of what it was, and so much on top."""

    share: float = 0.0
    extra: float = 0.0
    per_minute: float = 0.0

    def allows(self, start: float, end: float, minutes: float) -> bool:
        """Whether that is no growth."""
        return end <= start * (1 + self.share) + self.extra + self.per_minute * minutes


LIMITS = {
    # The window keeps history: up to a day of samples and bounded logs, about a megabyte a minute at this pace.
    "window memory (MB)": Limit(share=0.05, extra=10, per_minute=1.5),
    "probe memory (MB)": Limit(share=0.05, extra=3),
    "lab memory (MB)": Limit(share=0.1, extra=5),
    "window descriptors": Limit(extra=2),
    "probe descriptors": Limit(extra=6),  # connections come and go
    "lab descriptors": Limit(extra=12),
    "window threads": Limit(extra=1),
    "probe threads": Limit(extra=1),
    "window tasks": Limit(extra=2),
    "QObjects": Limit(share=0.02, extra=20),
    "QObjects of findings": Limit(share=1.0, extra=100),  # more is found later than in the beginning
    "Qt wrappers": Limit(share=0.02, extra=50),
    "running timers": Limit(extra=3),
    "errors": Limit(),
    "frame p50 (ms)": Limit(share=0.5, extra=3),
    "frame p99 (ms)": Limit(share=1.0, extra=8),
}


def census(window: QObject, pids: dict[str, int]) -> dict[str, float]:
    """One row of everything that can be counted now; `pids` by role, the window's own left out."""
    gc.collect()
    pids = {"window": os.getpid(), **pids}
    application = QApplication.instance()
    assert application is not None
    timers = [*window.findChildren(QTimer), *application.findChildren(QTimer)]
    of_findings = sum(len(panel.findChildren(QObject)) for panel in window.findChildren(FindingsPanel))
    counted: dict[str, float] = {
        "window tasks": len(asyncio.all_tasks()),
        "QObjects": len(window.findChildren(QObject)) + len(application.findChildren(QObject)) - of_findings,
        "QObjects of findings": of_findings,
        "Qt wrappers": len(shiboken6.getAllValidWrappers()),
        "running timers": sum(timer.isActive() for timer in timers),
    }
    for role, pid in pids.items():
        counted[f"{role} memory (MB)"] = _memory_mb(pid)
        counted[f"{role} descriptors"] = len(os.listdir(f"/proc/{pid}/fd"))
        if role != "lab":
            counted[f"{role} threads"] = len(os.listdir(f"/proc/{pid}/task"))
    return counted


def table(rows: list[dict[str, float]], minutes: float) -> tuple[str, bool]:
    """Start (median of the second eighth: by then all is warm) against end, a fitted line, and whether nothing grew."""
    eighth = max(1, len(rows) // 8)
    first, last = rows[eighth : 2 * eighth], rows[-eighth:]
    lines = ["| what | start | end | an hour more | ok |", "|---|---|---|---|---|"]
    fine = True
    for what, limit in LIMITS.items():
        start, end = (median(row[what] for row in part) for part in (first, last))
        ok = limit.allows(start, end, minutes)
        fine = fine and ok
        warm = [row[what] for row in rows[eighth:]]
        hours = [minutes / 60 * number / len(rows) for number in range(len(warm))]
        slope = linear_regression(hours, warm).slope if len(warm) > 1 else 0.0
        lines.append(f"| {what} | {start:.1f} | {end:.1f} | {slope:+.1f} | {'yes' if ok else 'no'} |")
    return "\n".join(lines), fine


def _memory_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / MB
