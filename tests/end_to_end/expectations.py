"""Reads `expectations.toml`; the format is described at its top."""

from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from wsmonitor.settings.endpoint_settings import EndpointConfig

FILE: Final = Path(__file__).with_name("expectations.toml")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must be seen of one scenario with one query."""

    scenario: str
    limit_s: float
    outcome: Literal["closed", "open_failed", "stays_open"]
    findings: tuple[str, ...]
    query: str = ""
    endpoint: dict[str, Any] = {}
    disrupt: tuple[str, ...] = ()
    times: int = 1
    verdict: dict[str, Any] = {}
    open_failed: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """`scenario?query`, which no two rows share."""
        return f"{self.scenario}?{self.query}" if self.query else self.scenario


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    defaults: dict[str, dict[str, Any]]
    row: tuple[Row, ...]


def rows() -> tuple[Row, ...]:
    """Every row, the defaults merged into its endpoint."""
    file = msgspec.toml.decode(FILE.read_text("utf-8"), type=_File)
    defaults = file.defaults["endpoint"]
    return tuple(msgspec.structs.replace(row, endpoint=_merged(defaults, row.endpoint)) for row in file.row)


def endpoint_of(row: Row, url: str) -> EndpointConfig:
    """The endpoint that a client of this row monitors, given the scenario's URL without parameters."""
    full = f"{url}?{row.query}" if row.query else url
    return msgspec.convert({"name": row.name, "url": full} | row.endpoint, EndpointConfig)


def as_stated(stated: dict[str, Any], found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Fields that differ, with what was stated and what was found; "none" stands for null."""
    wanted = {name: None if value == "none" else value for name, value in stated.items()}
    return {name: (value, found.get(name)) for name, value in wanted.items() if found.get(name, ...) != value}


def _merged(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    merged = low | high
    for name, value in high.items():
        if isinstance(value, dict) and isinstance(low.get(name), dict):
            merged[name] = _merged(low[name], value)
    return merged
