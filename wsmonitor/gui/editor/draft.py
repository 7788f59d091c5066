"""The table of a form as an endpoint, or what keeps it from being one: the workspace's own words. No Qt."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from wsmonitor.gui.editor.fields import Place, all_fields, pages
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.websocket_url import parse_url
from wsmonitor.settings.workspace.checking import mistakes_in
from wsmonitor.text.redact import redact_url

Values = Mapping[Place, Any]
"""What was entered, by place; what is missing or `None` is the default."""

OPTIONAL = tuple(group.optional for page in pages() for group in page.groups if group.optional)
"""Tables that may be missing as a whole; their `enabled` says whether they are there."""


def table_of(values: Values) -> dict[str, Any]:
    """The table of the workspace file that `values` make."""
    table: dict[str, Any] = {}
    for place, value in values.items():
        if value is None or (place[0] in OPTIONAL and place[1] == "enabled"):
            continue
        inner = table
        for key in place[:-1]:
            inner = inner.setdefault(key, {})
        inner[place[-1]] = value
    for name in OPTIONAL:
        if values.get((name, "enabled")):
            table.setdefault(name, {})
        elif name in table:
            table[name]["enabled"] = False
    return table


def mistakes(table: dict[str, Any], taken_names: frozenset[str] = frozenset()) -> dict[Place, str]:
    """What is wrong, by the place of the field where it shows."""
    found: dict[Place, list[str]] = {}
    known = {field.place for field in all_fields()}
    for place, sentence in mistakes_in(EndpointConfig, {"name": "", "url": "", **table}, ()):
        keys = tuple(str(part) for part in place if isinstance(part, str))
        while keys and keys not in known:
            keys = keys[:-1] if keys[:-1] in known or len(keys) > 1 else ()
        number = next((part + 1 for part in place if isinstance(part, int)), 0)
        found.setdefault(keys or ("url",), []).append(f"{number}. {sentence}" if number else sentence)
    if table.get("name") in taken_names:
        found.setdefault(("name",), []).append("expected a name of its own, found one that another endpoint has")
    return {place: "; ".join(sentences) for place, sentences in found.items()}


def config_of(table: dict[str, Any]) -> EndpointConfig:
    """The endpoint that a table without mistakes describes."""
    url = parse_url(table["url"])
    return msgspec.convert({**table, "url": url, "name": table.get("name") or redact_url(url)}, EndpointConfig)


def values_of(config: EndpointConfig) -> dict[Place, Any]:
    """What of `config` is not the default, as builtins, by place."""
    found: dict[Place, Any] = {}
    for field in all_fields():
        value: Any = config
        for key in field.place:
            value = getattr(value, key) if value is not None else None
        if field.place[0] in OPTIONAL and field.place[1] == "enabled":
            found[field.place] = bool(value)
        elif value is not None and value != field.default:
            found[field.place] = _builtins(value)
    if config.name == redact_url(config.url):
        found.pop(("name",), None)
    return found


def _builtins(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_builtins(item) for item in value]
    return msgspec.to_builtins(value) if isinstance(value, Struct) else value
