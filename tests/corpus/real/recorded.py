"""Reads and writes the recordings of real software: one file for each family, packed."""

import lzma
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from wsmonitor.facts.events import AnyEvent
from wsmonitor.settings.endpoint_settings import EndpointConfig

FOLDER: Final = Path(__file__).with_name("recordings")


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One run: `fault` was planted with these `parameters` in software of this `family`; `events` is what was seen."""

    name: str
    family: str
    fault: str
    parameters: dict[str, str]
    voice: str
    limit_s: float | None
    config: EndpointConfig
    events: list[AnyEvent]


def recordings(folder: Path = FOLDER) -> list[Recording]:
    """Every recording there is, families in order."""
    decoder = msgspec.msgpack.Decoder(list[Recording])
    return [one for path in sorted(folder.glob("*.xz")) for one in decoder.decode(lzma.decompress(path.read_bytes()))]


def keep(runs: Iterable[Recording], folder: Path = FOLDER) -> None:
    """Write them, a file for each family; other families' files stay."""
    folder.mkdir(exist_ok=True, parents=True)
    families: dict[str, list[Recording]] = defaultdict(list)
    for run in runs:
        families[run.family].append(run)
    for family, members in families.items():
        packed = lzma.compress(msgspec.msgpack.encode(members), preset=9)
        (folder / f"{family}.xz").write_bytes(packed)
