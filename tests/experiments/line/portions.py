"""Bytes cut at every place."""

from collections.abc import Iterator


def in_portions(data: bytes) -> Iterator[list[bytes]]:
    """The whole, byte by byte, and cut in two at each place."""
    yield [data]
    yield [data[at : at + 1] for at in range(len(data))]
    for at in range(1, len(data)):
        yield [data[:at], data[at:]]
