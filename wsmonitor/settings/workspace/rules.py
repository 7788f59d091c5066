"""What a setting may be beyond its type: a check for each field that has one.

A check takes a value of the right type and returns what is expected instead; empty if it is fine.
"""

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from math import isfinite
from typing import Any

from msgspec import Struct

from wsmonitor.facts.numbers import MOST_SLOTS
from wsmonitor.settings import checks
from wsmonitor.settings.conditions.alert_rule import LONGEST_NAME as LONGEST_ALERT_NAME
from wsmonitor.settings.conditions.alert_rule import LONGEST_WORD, MOST_WORDS, AlertRule
from wsmonitor.settings.conditions.condition import condition_mistake
from wsmonitor.settings.endpoint_settings import (
    AppHeartbeatConfig,
    CloseConfig,
    ConnectConfig,
    Correlation,
    EndpointConfig,
    FaultConfig,
    LimitsConfig,
    MatchRule,
    OutboxConfig,
    OwnCloseCode,
    PingConfig,
    RetryConfig,
    RetryRule,
    TapConfig,
    TlsConfig,
    TrafficConfig,
)
from wsmonitor.settings.json_path import path_mistake
from wsmonitor.settings.placeholders import message_mistakes
from wsmonitor.settings.snippet import LONGEST_NAME, MOST_CHARACTERS, Snippet
from wsmonitor.settings.tap_faults import argument_mistake, kind_mistake
from wsmonitor.tables.heartbeat_presets import PRESETS
from wsmonitor.tables.known_codes import FIRST_OWN, LAST_OWN
from wsmonitor.tables.profiles import PROFILES
from wsmonitor.text.linear_regex import LinearRegex

Check = Callable[[Any], str]
YEAR_S = 366 * 86400.0
_CODES = re.compile(r"\s*(\d{4})\s*(?:-\s*(\d{4})\s*)?", re.ASCII)


KEPT_OUT = frozenset({(EndpointConfig, "shared_close_code")})
"""Fields that are no keys of their table: the workspace fills them from elsewhere in the file."""
_LONGEST_CODE_NAME = 60
_LONGEST_MEANING = 300
_LONGEST_TAG = 40


def field_check(kind: type[Struct], field: str) -> Check | None:
    """The check of one field, where there is one; a list's or table's values are checked one by one."""
    return _CHECKS.get((kind, field))


def table_mistakes(kind: type[Struct], table: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong between the fields of one table: pairs of a field and a sentence."""
    check = _TABLE_CHECKS.get(kind)
    return check(table) if check else []


def list_mistakes(kind: type[Struct], tables: list[Any]) -> list[tuple[int, str, str]]:
    """What is wrong between the tables of one list: its place in the list, a field and a sentence."""
    if kind is OwnCloseCode:
        return _twice(tables, "code", "each code")
    return _twice(tables, "name", "each name") if kind is AlertRule else []


def _between(low: float, high: float, unit: str = "") -> Check:
    def check(value: float) -> str:
        return "" if low <= value <= high else f"expected {low:g} to {high:,.15g}{unit}, found {value}"

    return check


def _header(item: tuple[str, str]) -> str:
    return checks.header_mistake(*item)


def _title(value: str) -> str:
    return checks.one_line_mistake(value) if value.strip() else "expected a name, found none"


def _at_most(characters: int) -> Check:
    def check(value: str) -> str:
        return "" if len(value) <= characters else f"expected at most {characters:,} characters, found {len(value):,}"

    return check


def _regex(value: str) -> str:
    try:
        LinearRegex(value)
    except ValueError as error:
        return f"expected a regular expression, found {value[:80]!r}: {error}"
    return ""


def _codes(value: str) -> str:
    if not value.strip():
        return ""
    for part in value.split(","):
        match = _CODES.fullmatch(part)
        if match is None:
            return f"expected codes such as `1008` or `4000-4099,1008`, found {part.strip()[:40]!r}"
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1000 <= low <= high <= 4999:
            return f"expected close codes from 1000 to 4999, the smaller first, found {part.strip()!r}"
    return ""


def _own_code(value: int) -> str:
    if FIRST_OWN <= value <= LAST_OWN:
        return ""
    return f"expected {FIRST_OWN} to {LAST_OWN}, which the protocol leaves to private agreement, found {value}"


def _twice(tables: list[Any], key: str, what: str) -> list[tuple[int, str, str]]:
    values = [table.get(key) if isinstance(table, dict) else None for table in tables]
    return [
        (at, key, f"expected {what} once, found {value if key == 'code' else repr(value)} a second time")
        for at, value in enumerate(values)
        if value is not None and value in values[:at]
    ]


def _endpoint(table: dict[str, Any]) -> list[tuple[str, str]]:
    offered = table.get("subprotocols") or []
    twice = sorted({name for name in offered if isinstance(name, str) and offered.count(name) > 1})
    mistakes = [("subprotocols", f"expected each subprotocol once, found {name!r} twice") for name in twice]
    connect = table.get("connect")
    has_proxy = str(table.get("proxy", "")).lower() not in ("", "none")
    if isinstance(connect, dict) and connect.get("address") and has_proxy:
        mistakes.append(("proxy", "expected none beside connect.address: a proxy looks up the host by itself"))
    return mistakes


def _retry(table: dict[str, Any]) -> list[tuple[str, str]]:
    default = RetryConfig()
    base, cap = table.get("base_s", default.base_s), table.get("cap_s", default.cap_s)
    if _is_number(base) and _is_number(cap) and cap < base:
        return [
            (
                "cap_s" if "cap_s" in table else "base_s",
                f"expected base_s <= cap_s, found base_s {base} and cap_s {cap}",
            )
        ]
    return []


def _tls(table: dict[str, Any]) -> list[tuple[str, str]]:
    if table.get("key") and not table.get("cert"):
        return [("key", "expected the certificate (cert) that belongs to the key, found none")]
    return []


def _match(table: dict[str, Any]) -> list[tuple[str, str]]:
    op, value = table.get("op", "eq"), table.get("value")
    if op == "regex":
        mistake = _regex(value) if isinstance(value, str) else f"expected a regular expression, found {value!r}"
        return [("value", mistake)] if mistake else []
    if op == "in" and not isinstance(value, list):
        return [("value", f"expected a list of values for op in, found {value!r}")]
    if op == "text_eq" and not isinstance(value, str):
        return [("value", f"expected a text for op text_eq, found {value!r}")]
    if op == "exists" and not isinstance(value, bool | None):
        return [("value", f"expected true, false or nothing for op exists, found {value!r}")]
    if not _is_json(value):
        return [("value", f"expected a text, a number, true, false or a list of these, found {value!r}")]
    return []


def _is_json(value: object) -> bool:
    """False for what TOML has and no message: dates and times, and numbers that are none."""
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    return value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value))


def _fault(table: dict[str, Any]) -> list[tuple[str, str]]:
    kind, argument = table.get("kind"), table.get("argument", "")
    if not isinstance(kind, str) or not isinstance(argument, str) or kind_mistake(kind):
        return []
    mistake = argument_mistake(kind, argument)
    return [("argument", mistake)] if mistake else []


def _alert(table: dict[str, Any]) -> list[tuple[str, str]]:
    command = table.get("command")
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        return []
    if len(command) > MOST_WORDS:
        return [("command", f"expected at most {MOST_WORDS} words, found {len(command)}")]
    return [("command", "expected a program first, found an empty text")] if command and not command[0].strip() else []


def _word(value: str) -> str:
    if "\0" in value or checks.has_surrogates(value):
        return "expected a text that a program can be given, found a character that it cannot"
    return _at_most(LONGEST_WORD)(value)


def _app_heartbeat(table: dict[str, Any]) -> list[tuple[str, str]]:
    if table.get("direction") in ("server", "both") and not table.get("reply") and not table.get("preset"):
        return [("direction", "expected a reply (or a preset) where the server beats, found none")]
    return []


def _one_of(known: Collection[str]) -> Check:
    def check(value: str) -> str:
        if not value or value in known:
            return ""
        close = get_close_matches(value, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return f"expected one of {', '.join(known)}, found {value[:40]!r}{hint}"

    return check


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_seconds = _between(0, YEAR_S, " s")
_timeout = _between(0.01, YEAR_S, " s")
_interval = _between(0.05, YEAR_S, " s")
_text = checks.message_text_mistake

_CHECKS: dict[tuple[type[Struct], str], Check] = {
    (EndpointConfig, "name"): checks.one_line_mistake,
    (EndpointConfig, "url"): checks.url_mistake,
    (EndpointConfig, "tags"): lambda value: _title(value) or _at_most(_LONGEST_TAG)(value),
    (EndpointConfig, "connections"): _between(1, MOST_SLOTS),
    (EndpointConfig, "headers"): _header,
    (EndpointConfig, "subprotocols"): checks.subprotocol_mistake,
    (EndpointConfig, "origin"): checks.origin_mistake,
    (EndpointConfig, "auth"): checks.auth_mistake,
    (EndpointConfig, "proxy"): checks.proxy_mistake,
    (EndpointConfig, "preamble"): _text,
    (EndpointConfig, "profile"): _one_of(PROFILES),
    (ConnectConfig, "timeout_s"): _timeout,
    (ConnectConfig, "max_redirects"): _between(0, 100),
    (ConnectConfig, "address"): checks.address_mistake,
    (CloseConfig, "timeout_s"): _timeout,
    (LimitsConfig, "max_message_bytes"): _between(1, 2**40),
    (LimitsConfig, "capture_bytes"): _between(0, 2**40),
    (PingConfig, "interval_s"): _interval,
    (PingConfig, "timeout_s"): _timeout,
    (PingConfig, "max_missed"): _between(0, 1_000_000),
    (MatchRule, "path"): path_mistake,
    (Correlation, "path"): path_mistake,
    (Correlation, "equals"): lambda value: "; ".join(message_mistakes(value)),
    (AppHeartbeatConfig, "interval_s"): _interval,
    (AppHeartbeatConfig, "timeout_s"): _timeout,
    (AppHeartbeatConfig, "max_missed"): _between(0, 1_000_000),
    (AppHeartbeatConfig, "request"): _text,
    (AppHeartbeatConfig, "reply"): _text,
    (AppHeartbeatConfig, "preset"): _one_of(PRESETS),
    (OwnCloseCode, "code"): _own_code,
    (OwnCloseCode, "name"): lambda value: _title(value) or _at_most(_LONGEST_CODE_NAME)(value),
    (OwnCloseCode, "meaning"): lambda value: checks.one_line_mistake(value) or _at_most(_LONGEST_MEANING)(value),
    (RetryRule, "codes"): _codes,
    (RetryRule, "reason"): _regex,
    (RetryConfig, "base_s"): _timeout,
    (RetryConfig, "cap_s"): _timeout,
    (RetryConfig, "stable_after_s"): _seconds,
    (OutboxConfig, "max_messages"): _between(1, 10_000_000),
    (OutboxConfig, "max_bytes"): _between(1, 2**40),
    (OutboxConfig, "ttl_s"): _seconds,
    (TlsConfig, "ca"): checks.variable_mistake,
    (TlsConfig, "cert"): checks.variable_mistake,
    (TlsConfig, "key"): checks.variable_mistake,
    (TlsConfig, "passphrase"): checks.variable_mistake,
    (TlsConfig, "server_name"): checks.variable_mistake,
    (TrafficConfig, "messages"): _text,
    (FaultConfig, "kind"): kind_mistake,
    (FaultConfig, "argument"): checks.one_line_mistake,
    (FaultConfig, "at_s"): _seconds,
    (FaultConfig, "duration_s"): _seconds,
    (TapConfig, "listen"): _between(0, 65535),
    (TapConfig, "address"): checks.address_mistake,
    (TapConfig, "allow_hosts"): checks.host_mistake,
    (TapConfig, "allow_origins"): checks.origin_mistake,
    (TapConfig, "cert"): checks.one_line_mistake,
    (TapConfig, "key"): checks.one_line_mistake,
    (TapConfig, "max_clients"): _between(1, 100_000),
    (Snippet, "name"): lambda value: _title(value) or _at_most(LONGEST_NAME)(value),
    (Snippet, "text"): _at_most(MOST_CHARACTERS),
    (AlertRule, "name"): lambda value: _title(value) or _at_most(LONGEST_ALERT_NAME)(value),
    (AlertRule, "when"): condition_mistake,
    (AlertRule, "endpoints"): lambda value: _title(value) or _at_most(LONGEST_NAME)(value),
    (AlertRule, "command"): _word,
    (AlertRule, "timeout_s"): _between(0.1, 600, " s"),
    (TrafficConfig, "every_s"): lambda value: "" if value == 0 else _between(0.001, YEAR_S, " s")(value),
}
_TABLE_CHECKS: dict[type[Struct], Callable[[dict[str, Any]], list[tuple[str, str]]]] = {
    EndpointConfig: _endpoint,
    RetryConfig: _retry,
    TlsConfig: _tls,
    MatchRule: _match,
    AppHeartbeatConfig: _app_heartbeat,
    FaultConfig: _fault,
    AlertRule: _alert,
}
