"""What the window was started with. No Qt."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from wsmonitor.settings.endpoint_settings import EndpointConfig

if TYPE_CHECKING:
    from wsmonitor.settings.workspace import Workspace


class WindowOptions(Struct, frozen=True):
    """A `screenshot` is taken after `after_s` seconds, then the window quits.

    Where `theme` or `size` is `None`, what the last session used comes back.
    """

    endpoints: tuple[EndpointConfig, ...] = ()
    workspace: "Workspace | None" = None
    """What some of the endpoints came from: a file, or several together."""
    with_lab: bool = False
    story: int | None = None
    recording: Path | None = None
    """A recording to look at."""
    record: Path | None = None
    """Where to record to."""
    force: bool = False
    """Overwrite what is there."""
    theme: Literal["system", "dark", "light"] | None = None
    screenshot: Path | None = None
    after_s: float = 10.0
    press: str = ""
    """The action that is started shortly before a screenshot."""
    size: tuple[int, int] | None = None

    @property
    def is_occupied(self) -> bool:
        """True where the window was told what to show, so that the last workspace has to wait."""
        is_told = self.endpoints or self.with_lab or self.story is not None or self.recording is not None
        return bool(is_told or self.screenshot is not None)
