"""What the window was started with. No Qt."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wsmonitor.config import EndpointConfig


@dataclass(frozen=True)
class WindowOptions:
    """A `screenshot` is taken `after_s` seconds, then the window quits."""

    endpoints: tuple[EndpointConfig, ...] = ()
    with_lab: bool = False
    theme: Literal["system", "dark", "light"] = "system"
    screenshot: Path | None = None
    after_s: float = 10.0
    size: tuple[int, int] = (1400, 860)
