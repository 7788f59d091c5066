"""What the window was started with. No Qt."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wsmonitor.config import EndpointConfig


@dataclass(frozen=True)
class WindowOptions:
    """A `screenshot` is taken after `after_s` seconds, then the window quits.

    Where `theme` or `size` is `None`, what the last session used comes back.
    """

    endpoints: tuple[EndpointConfig, ...] = ()
    with_lab: bool = False
    story: int | None = None
    theme: Literal["system", "dark", "light"] | None = None
    screenshot: Path | None = None
    after_s: float = 10.0
    size: tuple[int, int] | None = None
