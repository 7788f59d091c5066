"""Round trips with a shape."""

from tests.corpus.history import History
from wsmonitor.settings.endpoint_settings import PingConfig

RAMP_MS = [*[20.0] * 10, *[20.0 + 25 * step for step in range(25)]]


def beats(*round_trips_ms: float, every_s: float = 0.5, lag_ms: float = 0.0, kernel_ms: float | None = 20) -> History:
    """One ping after the other, with a kernel sample beside each."""
    line = History("rtt", ping=PingConfig(interval_s=every_s)).line
    line.open()
    for number, milliseconds in enumerate(round_trips_ms, start=1):
        late_s = lag_ms / 1e3 if milliseconds > 100 else 0.0
        line.ping(line.opened_s + every_s * number, milliseconds / 1e3, lag_s=late_s)
        if kernel_ms is not None:
            kernel_s = kernel_ms / 1e3 if kernel_ms > 0 else milliseconds / 1e3
            line.kernel(line.opened_s + every_s * number + 0.01, rtt_s=kernel_s)
    line.stay()
    return line.history
