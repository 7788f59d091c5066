"""The pixels of the display, read from the file that Xvfb keeps them in (`-fbdir`; X window dump version 7)."""

import struct
from pathlib import Path

import numpy as np

_FIELDS = 25
_COLOR_BYTES = 12


def pixels(frame_buffer: Path) -> np.ndarray:
    """The screen now: rows, columns, and red, green, blue as 0..255."""
    data = frame_buffer.read_bytes()
    header = struct.unpack(f">{_FIELDS}I", data[: 4 * _FIELDS])
    header_bytes, width, height, row_bytes, colors = header[0], header[4], header[5], header[12], header[19]
    begin = header_bytes + colors * _COLOR_BYTES
    rows = np.frombuffer(data, np.uint8, height * row_bytes, begin).reshape(height, row_bytes)
    return rows[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1]


def colors(part: np.ndarray) -> int:
    """How many different colours there are: one is a blank area."""
    packed = part.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    return int(np.unique(packed).size)
