"""TOML -> workspace. Strict, and every mistake of a file is reported at once."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig, OwnCloseCode
from wsmonitor.settings.names import numbered, unique_names
from wsmonitor.settings.placeholders import literal
from wsmonitor.settings.snippet import Snippet
from wsmonitor.settings.websocket_url import parse_url
from wsmonitor.settings.workspace.checking import Mistake, found, mistakes_in_list
from wsmonitor.settings.workspace.lines import Lines, Place
from wsmonitor.text.redact import redact_url

TLS_PATHS = ("ca", "cert", "key")
_KINDS: tuple[tuple[str, type[Struct]], ...] = (
    ("endpoint", EndpointConfig),
    ("snippet", Snippet),
    ("close_code", OwnCloseCode),
    ("alert", AlertRule),
)
"""The arrays of tables that a workspace file may hold."""


@dataclass(frozen=True)
class Workspace:
    """What a workspace file says.

    Names of endpoints, of snippets and of alert rules are unique and never empty, URLs have their scheme, paths are
    absolute. `text` is the file's source, which saving keeps in order and with its comments. `close_codes` hold for
    every endpoint, and each of them carries them.
    """

    endpoints: tuple[EndpointConfig, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    close_codes: tuple[OwnCloseCode, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    path: Path | None = None
    text: str = field(default="", repr=False)
    origins: Mapping[str, Path] = field(default_factory=dict)
    """The file of an alert rule, by its name, where that is not `path`: of several files that were opened together."""


def load(path: Path | str) -> Workspace:
    """Read the workspace file `path`.

    Raises `SettingsError` with one line for each mistake: file, line, what was expected and found.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read: {error.strerror or error}"]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path}: expected UTF-8, found other bytes at offset {error.start}"]) from error
    return loads(text, path)


def loads(text: str, path: Path | None = None) -> Workspace:
    """Read a workspace from its `text`; `path` names it in messages and is where relative paths start."""
    name = path.name if path else "workspace"
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
        raise SettingsError([f"{name}: {_syntax_problem(error)}"]) from error
    mistakes = list(_mistakes(data))
    if mistakes:
        lines = Lines(text)
        placed = sorted((lines.of(place), _key(place), mistake) for place, mistake in mistakes)
        raise SettingsError([f"{name} line {line}: {key}{mistake}" for line, key, mistake in placed])
    base = (path.parent if path else Path()).absolute()
    close_codes = msgspec.convert(data.get("close_code", []), tuple[OwnCloseCode, ...])
    endpoints = tuple(unique_names(_endpoint(table, base, close_codes) for table in data.get("endpoint", [])))
    snippets = msgspec.convert(data.get("snippet", []), list[Snippet])
    titles = numbered([snippet.name for snippet in snippets])
    snippets = [replace(snippet, name=title) for snippet, title in zip(snippets, titles, strict=True)]
    alerts = msgspec.convert(data.get("alert", []), tuple[AlertRule, ...])
    return Workspace(endpoints, tuple(snippets), close_codes, alerts, path=path, text=text)


def _mistakes(data: dict[str, Any]) -> Iterator[Mistake]:
    for key in data.keys() - dict(_KINDS).keys():
        yield (key,), f"unknown key `{key}`: {_meant(key)}"
    for key, kind in _KINDS:
        tables = data.get(key, [])
        if not isinstance(tables, list):
            yield (key,), f"expected [[{key}]] with two brackets, found {_single(key, tables)}"
            continue
        if kind is EndpointConfig:  # a name follows from the URL
            tables = [{"name": "", **table} if isinstance(table, dict) else table for table in tables]
        yield from mistakes_in_list(kind, tables, (key,))


def _meant(key: str) -> str:
    close = get_close_matches(key.lower().replace("-", "_"), dict(_KINDS), n=1)
    return f"did you mean [[{close[0]}]]?" if close else f"expected {', '.join(f'[[{kind}]]' for kind, _ in _KINDS)}"


def _single(key: str, value: Any) -> str:
    return f"[{key}]" if isinstance(value, dict) else found(value)


def _key(place: Place) -> str:
    """`endpoint.ping.interval_s: `; the line says which endpoint."""
    keys = ".".join(str(part) for part in place if isinstance(part, str))
    return f"{keys}: " if keys else ""


def _syntax_problem(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "expected TOML, found values nested too deeply"
    message = str(error)
    problem, _, where = message.rpartition(" (at ")
    return f"{where.rstrip(')')}: no valid TOML: {problem}" if problem else f"no valid TOML: {message}"


def _endpoint(table: dict[str, Any], base: Path, shared: tuple[OwnCloseCode, ...]) -> EndpointConfig:
    url = parse_url(table["url"])
    tls = dict(table.get("tls", {}))
    for key in TLS_PATHS:
        if tls.get(key):
            tls[key] = _absolute(tls[key], base)
    name = table.get("name") or redact_url(url)
    config = msgspec.convert({**table, "name": name, "url": url, "tls": tls}, EndpointConfig)
    return replace(config, shared_close_code=shared) if shared else config


def _absolute(path: str, base: Path) -> str:
    """`path` as seen from the workspace file; one that starts with a variable is taken as it is."""
    if path.startswith("${"):
        return path
    home = Path(path).expanduser() if path.startswith("~") else Path(path)
    return str(home) if home.is_absolute() else literal(str(base)) + "/" + str(home)


def joined(files: Sequence[Workspace]) -> Workspace:
    """All of them together, under unique names; a close code means what the first file says that names it."""
    snippets = [snippet for file in files for snippet in file.snippets]
    titles = numbered([snippet.name for snippet in snippets])
    alerts = [(rule, file.path) for file in files for rule in file.alerts]
    names = numbered([rule.name for rule, _ in alerts])
    codes = {one.code: one for file in reversed(files) for one in file.close_codes}
    return Workspace(
        endpoints=tuple(unique_names(one for file in files for one in file.endpoints)),
        snippets=tuple(replace(one, name=title) for one, title in zip(snippets, titles, strict=True)),
        close_codes=tuple(codes.values()),
        alerts=tuple(replace(rule, name=name) for (rule, _), name in zip(alerts, names, strict=True)),
        origins={name: path for (_, path), name in zip(alerts, names, strict=True) if path is not None},
    )
