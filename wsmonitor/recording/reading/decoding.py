"""Stored JSON -> events and configurations; what this version does not know is skipped, not refused."""

import msgspec

from wsmonitor.facts.events import AnyEvent
from wsmonitor.settings.endpoint_settings import EndpointConfig


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
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._one_by_one(text)

    def _one_by_one(self, text: bytes) -> list[AnyEvent]:
        try:
            pieces = self._pieces(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.skipped += text.count(b'"at_ns":')
            return []
        events: list[AnyEvent] = []
        for piece in pieces:
            try:
                events.append(self._one(piece))
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.skipped += 1
        return events


def read_config(stored_name: object, text: object) -> EndpointConfig:
    """A stored configuration; fields that this version does not know or understand keep their defaults.

    In a damaged file a column may hold anything.
    """
    name = stored_name if isinstance(stored_name, str) else repr(stored_name)
    if not isinstance(text, str):
        return EndpointConfig(name=name, url="")
    try:
        return msgspec.json.decode(text, type=EndpointConfig)
    except msgspec.DecodeError:
        return _known_fields(name, text)


def _known_fields(name: str, text: str) -> EndpointConfig:
    try:
        stored = msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError:
        stored = {}
    known: dict[str, object] = {"name": name, "url": ""}
    for field, value in stored.items():
        try:
            msgspec.convert({**known, field: value}, EndpointConfig)
        except msgspec.ValidationError:
            continue
        known[field] = value
    return msgspec.convert(known, EndpointConfig)
