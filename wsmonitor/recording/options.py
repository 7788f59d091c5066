"""How to record, and every default."""

from typing import Literal

from msgspec import Struct

PayloadPolicy = Literal["none", "head", "full"]


class RecordingOptions(Struct, frozen=True):
    """What goes into a recording and how far it may grow.

    Secrets in headers, URLs and errors are never recorded. What peers say to each other is data:
    `payload` decides how much of it is kept.
    """

    payload: PayloadPolicy = "head"
    """`none`: sizes only. `head`: the first `head_bytes`. `full`: as much as the endpoint captures."""
    head_bytes: int = 256
    rotate_bytes: int | None = None
    """Go on in a new file (`NAME-002.wsmon`) once this one is so large."""
    rotate_s: float | None = None
    """Go on in a new file once this one spans so long."""
    keep_parts: int | None = None
    """Delete the oldest files of this recording beyond so many; `None` keeps all."""
    overwrite: bool = False
    """Replace a file that exists; one that another program is writing is never replaced."""
