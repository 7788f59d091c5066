"""A text kept for sending, and its bounds."""

from typing import Literal

from msgspec import Struct

MOST_CHARACTERS = 65_536
"""Of a snippet's text: as one line this still shows in an editor within a frame or two (17 ms measured)."""
LONGEST_NAME = 200


class Snippet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text kept for sending; `hex` is typed as hex digits and sent as binary."""

    name: str
    text: str
    format: Literal["text", "json", "hex"] = "text"
