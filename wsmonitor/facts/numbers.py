"""What numbers an event may carry: held wherever one is read, from the channel or from a recording.

What says otherwise is no event of ours. None of them sizes memory: who keeps something for each slot has a bound.
"""

from typing import Annotated

from msgspec import Meta

MOST = 2**62
MOST_SLOTS = 1000
"""An endpoint has at most so many parallel connections."""

Whole = Annotated[int, Meta(ge=-MOST, le=MOST)]
"""Nanoseconds (146 years), bytes, or a count."""
Ordinal = Annotated[int, Meta(ge=0, lt=2**31)]
"""The number of a connection or of a slot."""
CloseCode = Annotated[int, Meta(ge=0, lt=2**16)]
