"""Every setting of an endpoint as a field of a form, read from the structs of `endpoint_settings.py`. No Qt.

Labels, units, defaults and hints follow from names, types and docstrings there, so a new setting
needs nothing here but its place in `PAGES`.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from wsmonitor.settings import endpoint_settings
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.workspace.checking import plain_type, struct_in
from wsmonitor.tables.heartbeat_presets import PRESETS
from wsmonitor.tables.profiles import PROFILES
from wsmonitor.text import units

Place = tuple[str, ...]
Form = Literal["flag", "choice", "number", "text", "url", "secret", "file", "rows", "pairs"]

PAGES: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    ("Endpoint", (("", ("name", "url", "tags", "connections", "profile")), ("Opening", ("connect", "health_check")))),
    ("Handshake", (("", ("headers", "subprotocols", "origin", "auth", "proxy", "compression")),)),
    ("TLS", (("", ("tls",)),)),
    ("Ping", (("", ("ping",)),)),
    ("App heartbeat", (("", ("app_heartbeat",)),)),
    ("Reconnect", (("", ("retry",)),)),
    ("Close codes", (("", ("close_code",)),)),
    ("Messages", (("On every open", ("preamble", "echo")), ("Traffic of our own", ("traffic",)))),
    ("Tap", (("", ("tap",)),)),
    ("Buffer, limits", (("While down", ("outbox",)), ("One message", ("limits",)), ("Closing", ("close",)))),
)
"""Pages of the editor: titles, and for each group of fields its title and what of `EndpointConfig` it holds."""

_SUFFIXES = {"_s": "s", "_bytes": "bytes"}
_FILE = re.compile(r" \(`tables/\w+\.py`\)")
_SECRET = {("auth",), ("tls", "passphrase"), ("proxy",)}
_FILES = {("tls", "ca"), ("tls", "cert"), ("tls", "key"), ("tap", "cert"), ("tap", "key")}
_NAMES: dict[Place, tuple[str, ...]] = {
    ("profile",): tuple(PROFILES),
    ("app_heartbeat", "preset"): tuple(PRESETS),
}
_MEANT: dict[Place, Any] = {("ping", "interval_s"): endpoint_settings.PING_INTERVAL_S}
"""What holds where a setting that can be left open is."""
_LABELS = {
    "ping.enabled": "Send WebSocket pings",
    "tap.enabled": "Listen for other programs (a tap)",
    "tap.listen": "Port",
    "tap.fault": "Faults",
    "retry.enabled": "Reconnect by itself",
    "app_heartbeat.enabled": "Send heartbeats of the application",
    "outbox.max_bytes": "Max size",
    "limits.max_message_bytes": "Max size",
    "limits.capture_bytes": "Keep for display",
    "url": "URL",
    "ca": "CA file",
    "cert": "Certificate",
    "key": "Key",
    "ttl": "Time to live",
    "auth": "User:password",
    "cap": "Delays grow up to",
    "base": "First delay up to",
    "rule": "Rules for close codes",
    "close_code": "This server's own",
    "match": "Answer matches",
    "verify": "Check the certificate",
    "every": "Every",
}


@dataclass(frozen=True)
class Column:
    """One column of a list of tables, or the only one of a list of texts."""

    name: str
    label: str
    hint: str
    choices: tuple[str, ...] = ()
    is_any: bool = False
    """True where a value is no text, or may be of any type: it is written as JSON."""


@dataclass(frozen=True)
class Field:
    """One setting. `place` is its path in the workspace file's table; `default` is what an empty field means."""

    place: Place
    form: Form
    label: str
    unit: str
    hint: str
    default: Any
    choices: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    is_whole: bool = False

    @property
    def default_text(self) -> str:
        """The default as a reader would write it; empty where there is none to speak of."""
        return default_text(_MEANT.get(self.place) if self.default is None else self.default)


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under a title; `optional` names the table that may be missing as a whole."""

    title: str
    fields: tuple[Field, ...]
    optional: str = ""


@dataclass(frozen=True)
class Page:
    """One page of the editor."""

    title: str
    groups: tuple[Group, ...]


@cache
def pages() -> tuple[Page, ...]:
    """Every setting of an endpoint, in the order of `PAGES`."""
    return tuple(
        Page(title, tuple(_group(group_title, names) for group_title, names in groups)) for title, groups in PAGES
    )


def all_fields() -> Iterator[Field]:
    """Every field of every page."""
    for page in pages():
        for group in page.groups:
            yield from group.fields


def default_text(value: Any) -> str:
    """`on`, `20`, `64 MiB`, `none`."""
    match value:
        case bool():
            return "on" if value else "off"
        case int() if value >= 2**20 and value % 2**20 == 0:
            return f"{value:,} ({value // 2**20} MiB)"
        case int():
            return units.short_count(value) if value >= 10_000 else str(value)
        case float():
            return f"{value:g}"
        case str():
            return value
        case tuple():
            return ", ".join(" ".join(str(part) for part in msgspec.structs.astuple(rule)) for rule in value)
    return ""


def _group(title: str, names: tuple[str, ...]) -> Group:
    by_name = {info.name: info for info in fields(EndpointConfig)}
    found: list[Field] = []
    optional = ""
    for name in names:
        info = by_name[name]
        struct = struct_in(info.type)
        if struct is None:
            found.append(_field(EndpointConfig, info, (name,)))
            continue
        inner_fields = [field for inner in fields(struct) for field in _inner(struct, inner, (name, inner.name))]
        if type(None) in get_args(info.type):
            optional = name  # its first field, `enabled`, is off while the whole table is missing
            inner_fields[0] = replace(inner_fields[0], default=False)
        found += inner_fields
    return Group(title, tuple(found), optional)


def _inner(kind: type[Struct], info: FieldInfo, place: Place) -> Iterator[Field]:
    struct = struct_in(info.type)
    if struct is None or get_origin(info.type) is tuple:
        yield _field(kind, info, place)
        return
    for inner in fields(struct):
        field = _field(struct, inner, (*place, inner.name))
        yield replace(field, label=f"{_label(info.name)}: {field.label.lower()}")


def _field(kind: type[Struct], info: FieldInfo, place: Place) -> Field:
    label, unit = _LABELS.get(".".join(place)) or _label(info.name), _unit(info.name)
    choices = _NAMES.get(place, ())
    columns: tuple[Column, ...] = ()
    form: Form = "text"
    wanted = plain_type(info.type)
    if wanted is bool:
        form = "flag"
    elif get_origin(wanted) is Literal:
        form, choices = "choice", get_args(wanted)
    elif wanted in (int, float):
        form = "number"
    elif get_origin(wanted) is tuple:
        form, columns = "rows", _columns(get_args(wanted)[0], label)
    elif get_origin(wanted) is dict:
        form = "pairs"
        columns = (Column("name", "Name", ""), Column("value", "Value", ""))
    elif choices:
        form = "choice"
    elif place == ("url",):
        form = "url"
    elif place in _SECRET:
        form = "secret"
    elif place in _FILES:
        form = "file"
    return Field(
        place=place,
        form=form,
        label=label,
        unit=unit,
        hint=_hints(kind).get(info.name, ""),
        default=_default(info),
        choices=choices,
        columns=columns,
        is_whole=wanted is int,
    )


def _columns(element: Any, label: str) -> tuple[Column, ...]:
    struct = struct_in(element)
    if struct is None:
        return (Column("", label, ""),)
    return tuple(
        Column(
            info.name,
            _label(info.name),
            _hints(struct).get(info.name, ""),
            choices=get_args(info.type) if get_origin(info.type) is Literal else (),
            is_any=info.type in (Any, int, float),
        )
        for info in fields(struct)
    )


def _default(info: FieldInfo) -> Any:
    if info.default is not msgspec.NODEFAULT:
        return info.default
    if info.default_factory is not msgspec.NODEFAULT:
        return info.default_factory()
    return ""


def _label(name: str) -> str:
    stem = next((name[: -len(suffix)] for suffix in _SUFFIXES if name.endswith(suffix)), name)
    return _LABELS.get(stem, stem.replace("_", " ").capitalize())


def _unit(name: str) -> str:
    return next((unit for suffix, unit in _SUFFIXES.items() if name.endswith(suffix)), "")


def _hints(kind: type[Struct]) -> dict[str, str]:
    """The docstrings of a struct's fields, from its source; nothing where that is not at hand."""
    return _all_hints().get(kind.__name__, {})


@cache
def _all_hints() -> dict[str, dict[str, str]]:
    try:
        tree = ast.parse(inspect.getsource(endpoint_settings))
    except (OSError, SyntaxError):
        return {}
    return {node.name: _field_docstrings(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _field_docstrings(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ):
                found[name] = " ".join(_FILE.sub("", text).replace("`", "").split())
    return found
