"""Stored JSON -> events and configurations; what this version does not know is skipped, not refused."""

import msgspec
from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.numbers import MOST_SLOTS
from wsmonitor.settings.endpoint_settings import EndpointConfig

_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_LARGEST = 2**40
"""No setting takes a larger number."""


class Decoder:
    """Decodes batches; `skipped` counts events that could not be understood."""

    def __init__(self) -> None:
        self.skipped = 0
        self._all = msgspec.json.Decoder(list[AnyEvent]).decode
        self._one = msgspec.json.Decoder(AnyEvent).decode
        self._pieces = msgspec.json.Decoder(list[msgspec.Raw]).decode

    def events(self, text: bytes) -> list[AnyEvent]:
        """The events of one batch, in order."""
        try:
            return self._all(text)
        except _UNREADABLE:
            return self._one_by_one(text)

    def _one_by_one(self, text: bytes) -> list[AnyEvent]:
        try:
            pieces = self._pieces(text)
        except _UNREADABLE:
            self.skipped += text.count(b'"at_ns":')
            return []
        events: list[AnyEvent] = []
        for piece in pieces:
            try:
                events.append(self._one(piece))
            except _UNREADABLE:
                self.skipped += 1
        return events


def read_config(stored_name: object, text: object) -> EndpointConfig:
    """A stored configuration; fields that this version does not know or understand keep their defaults.

    In a damaged file a column may hold anything, and a number may be one that no settings allow.
    """
    name = stored_name if isinstance(stored_name, str) else repr(stored_name)
    known: dict[str, object] = {"name": name, "url": ""}
    for field, value in _stored(text).items():
        if field not in EndpointConfig.__struct_fields__ or not _fits(value):
            continue
        try:
            msgspec.convert({**known, field: value}, EndpointConfig)
        except msgspec.ValidationError:
            continue
        known[field] = value
    config = msgspec.convert(known, EndpointConfig)
    return replace(config, connections=min(max(1, config.connections), MOST_SLOTS))


def _stored(text: object) -> dict[str, object]:
    try:
        return msgspec.json.decode(text, type=dict[str, object]) if isinstance(text, str) else {}
    except _UNREADABLE:
        return {}


def _fits(value: object) -> bool:
    """Whether all numbers in `value` are such as settings may have."""
    match value:
        case dict():
            return all(_fits(one) for one in value.values())
        case list():
            return all(_fits(one) for one in value)
        case int() | float():
            return abs(value) <= _LARGEST
    return True
