"""Workspace -> TOML. Only what differs from the source is touched; order and comments stay."""

import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tomlkit
from msgspec import Struct
from msgspec.structs import fields, replace
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, EndpointConfig, OwnCloseCode
from wsmonitor.settings.snippet import Snippet
from wsmonitor.settings.workspace.parts import Parts, cut_up
from wsmonitor.settings.workspace.reading import TLS_PATHS, Workspace, loads
from wsmonitor.settings.workspace.rules import KEPT_OUT
from wsmonitor.text.redact import redact_url

_Item = TypeVar("_Item", EndpointConfig, Snippet, OwnCloseCode, AlertRule)


def dumps(workspace: Workspace, path: Path | None = None) -> str:
    """The text of the workspace file: its source with the changes made since it was read.

    Paths of certificates are written relative to `path` (default: where the workspace came from).
    """
    path = path or workspace.path
    base = (path.parent if path else Path()).absolute()
    before = loads(workspace.text, path)  # as read from there: a path that would change its meaning differs
    arrays: list[tuple[str, Sequence[Any], Sequence[Any]]] = [
        ("endpoint", before.endpoints, workspace.endpoints),
        ("snippet", before.snippets, workspace.snippets),
        ("close_code", before.close_codes, workspace.close_codes),
        ("alert", before.alerts, workspace.alerts),
    ]
    parts = cut_up(workspace.text)
    if parts is not None:
        for array, old, new in arrays:
            parts = _rewritten(parts, array, old, new, base)
        return parts.text
    document = tomlkit.parse(workspace.text)
    for array, old, new in arrays:
        _write_tables(document, array, old, new, base)
    return tomlkit.dumps(document)


def save(workspace: Workspace, path: Path | None = None) -> Workspace:
    """Write the workspace to `path` (default: where it came from), whole or not at all.

    Returns the workspace as read back. Raises `OSError` where it cannot be written.
    """
    target = path or workspace.path
    if target is None:
        raise ValueError("a workspace that was not read from a file needs a path")
    text = dumps(workspace, target)
    target = target.resolve()
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if target.exists():
            os.chmod(temporary, target.stat().st_mode & 0o777)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return loads(text, target)


def _rewritten(parts: Parts, array: str, before: Sequence[_Item], after: Sequence[_Item], base: Path) -> Parts:
    """Make the tables of `array` say `after`; those that stay keep place and comments, even under a new name."""
    left = dict(zip(map(_identity, before), zip(before, parts.places(array), strict=True), strict=True))
    kept = set(map(_identity, after))
    places: list[int] = []
    texts: list[str] = []
    for item in after:
        same = _identity(item)
        former = same if same in left else _former_identity(item, [old for old, _ in left.values()], kept)
        if former in left:
            old, place = left.pop(former)
            places.append(place)
            texts.append(_changed_text(parts.tables[place].text, array, old, item, base))
        else:
            texts.append(_new_text(array, item, base, is_first=not parts.text and not texts))
    return parts.with_array(array, sorted(places), texts)


def _changed_text(text: str, array: str, old: _Item, new: _Item, base: Path) -> str:
    if old == new:
        return text
    document = tomlkit.parse(text)
    _write_changes(document[array][0], old, new, base)
    return tomlkit.dumps(document)


def _new_text(array: str, item: _Item, base: Path, *, is_first: bool) -> str:
    table, tables, document = tomlkit.table(), tomlkit.aot(), tomlkit.document()
    _write_changes(table, _bare(item), item, base)
    _write_identity(table, item)
    tables.append(table)
    document.append(array, tables)
    text = tomlkit.dumps(document)
    return text if is_first else f"\n{text}"


def _write_tables(
    document: TOMLDocument | Table, key: str, before: Sequence[_Item], after: Sequence[_Item], base: Path
) -> None:
    """Make the array of tables `key` say `after`; tables of things that stay keep their comments."""
    tables = list(document.get(key, []))
    left = dict(zip(map(_identity, before), zip(before, tables, strict=True), strict=True))
    kept = set(map(_identity, after))
    wanted: list[Table] = []
    for item in after:
        same = _identity(item)
        former = same if same in left else _former_identity(item, [old for old, _ in left.values()], kept)
        old, table = left.pop(former, (None, None))
        table = tomlkit.table() if table is None else table
        _write_changes(table, old or _bare(item), item, base)
        if old is None:
            _write_identity(table, item)
            table.trivia.indent = "\n" if wanted else ""
        wanted.append(table)
    if [id(table) for table in wanted] == [id(table) for table in tables]:
        return
    if not wanted:
        document.pop(key)
        return
    if key not in document:
        document.append(key, tomlkit.aot())
    array = document[key]
    while len(array):
        del array[0]
    for table in wanted:
        array.append(table)


def _identity(item: _Item) -> str | int:
    """What tells the tables of one array apart."""
    return item.code if isinstance(item, OwnCloseCode) else item.name


def _former_identity(item: _Item, before: Sequence[_Item], kept: Collection[str | int]) -> str | int:
    """What `item` was called if only its name changed, so that its table keeps its comments; else what it is called."""
    same = (old for old in before if _identity(old) not in kept and replace(old, name=item.name) == item)
    return next(map(_identity, same), _identity(item))


def _bare(item: _Item) -> _Item:
    """`item` with nothing said but what must be."""
    return type(item)(**{field.name: getattr(item, field.name) for field in fields(item) if field.required})


def _write_identity(table: Table, item: EndpointConfig | Snippet | OwnCloseCode | AlertRule) -> None:
    """Put the keys that every such table has ahead of the others; a name that follows from the URL is left out."""
    required = {field.name: getattr(item, field.name) for field in fields(item) if field.required}
    if isinstance(item, EndpointConfig) and item.name == redact_url(item.url):
        del required["name"]
    body = dict(table)
    table.clear()
    for name, value in {**required, **body}.items():
        table[name] = value


def _write_changes(table: Any, old: Struct, new: Struct, base: Path) -> None:
    """Set or remove the keys of `table` whose field differs between `old` and `new`."""
    for field in fields(new):
        name = field.name
        was, now = getattr(old, name), getattr(new, name)
        if was == now or (type(new), name) in KEPT_OUT:
            continue
        if name == "close_code" and _is_array_of_tables(table, name):
            _write_tables(table, name, was, now, base)
        elif isinstance(now, Struct) and (was is not None or isinstance(now, AppHeartbeatConfig)):
            was = AppHeartbeatConfig() if was is None else was
            if name not in table:
                table[name] = tomlkit.table()
            _write_changes(table[name], was, now, base)
        elif isinstance(now, dict) and name in table:
            _write_mapping(table[name], now)
        elif now is None or (not field.required and now == field.default):
            table.pop(name, None)
        else:
            table[name] = _toml(_relative(now, base) if name in TLS_PATHS else now)


def _is_array_of_tables(table: Any, name: str) -> bool:
    """True for `[[...name]]`, and where that can be written; false for a list of inline tables."""
    return isinstance(table.get(name), AoT) or (name not in table and isinstance(table, Table))


def _write_mapping(table: Any, now: dict[str, str]) -> None:
    for name in [name for name in table if name not in now]:
        del table[name]
    for name, value in now.items():
        if table.get(name) != value:
            table[name] = value


def _toml(value: Any) -> Any:
    """A field's value as tomlkit takes it: structs in lists become inline tables of what they say."""
    if isinstance(value, tuple):
        return [_toml(item) for item in value]
    if isinstance(value, Struct):
        inline = tomlkit.inline_table()
        for field in fields(value):
            item = getattr(value, field.name)
            if field.required or (item != field.default and item is not None):
                inline[field.name] = _toml(item)
        return inline
    return msgspec.to_builtins(value)


def _relative(path: str, base: Path) -> str:
    """A path below the workspace's folder as it is written there."""
    if not path or path.startswith("${"):
        return path
    plain = Path(path.replace("$${", "${"))
    return plain.relative_to(base).as_posix() if plain.is_relative_to(base) else path
