"""Compares a table of TOML with the struct it is to become and lists every mistake, not only the first."""

from collections.abc import Iterator
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from wsmonitor.settings.workspace.lines import Place
from wsmonitor.settings.workspace.rules import KEPT_OUT, field_check, list_mistakes, table_mistakes
from wsmonitor.text.redact import is_secret_header

Mistake = tuple[Place, str]
"""Where, and what was expected and found there."""

_WORDS: dict[Any, str] = {str: "a text in quotes", bool: "true or false", int: "a whole number", float: "a number"}


def mistakes_in(kind: type[Struct], table: Any, place: Place) -> Iterator[Mistake]:
    """Every mistake of `table`, which is to become a `kind`, and of the tables inside it."""
    if not isinstance(table, dict):
        yield place, f"expected a table, found {found(table)}"
        return
    known = {field.name: field for field in fields(kind) if (kind, field.name) not in KEPT_OUT}
    for key in table.keys() - known.keys():
        yield (*place, key), _unknown_key(key, list(known))
    for field in known.values():
        if field.name in table:
            yield from _field_mistakes(kind, field.name, field.type, table[field.name], (*place, field.name))
        elif field.required:
            yield place, f"expected the key `{field.name}`, found none"
    for field_name, mistake in table_mistakes(kind, table):
        yield (*place, field_name), mistake


def mistakes_in_list(kind: type[Struct], tables: list[Any], place: Place) -> Iterator[Mistake]:
    """Every mistake of a list of tables that are to become `kind`s, and between them."""
    for index, table in enumerate(tables):
        yield from mistakes_in(kind, table, (*place, index))
    for index, field_name, mistake in list_mistakes(kind, tables):
        yield (*place, index, field_name), mistake


def found(value: Any, *, secret: bool = False) -> str:
    """What a value is, in words; of a secret only its kind."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return "a text" if secret else f'"{value[:60]}"'
        case int() | float():
            return "a number" if secret else f"{value}"
        case dict():
            return "a table"
        case list():
            return "a list" if value else "an empty list"
    return f"a {type(value).__name__}"


def _field_mistakes(kind: type[Struct], name: str, wanted: Any, value: Any, place: Place) -> Iterator[Mistake]:
    struct = struct_in(wanted)
    if struct is not None and get_origin(wanted) is not tuple:
        yield from mistakes_in(struct, value, place)
    elif get_origin(wanted) is tuple:
        yield from _list_mistakes(kind, name, get_args(wanted)[0], value, place)
    elif get_origin(wanted) is dict:
        yield from _dict_mistakes(kind, name, value, place)
    else:
        yield from _value_mistakes(kind, name, wanted, value, place)


def _list_mistakes(kind: type[Struct], name: str, element: Any, value: Any, place: Place) -> Iterator[Mistake]:
    struct = struct_in(element)
    if not isinstance(value, list):
        wanted = f"[[...{name}]] or a list of tables" if struct else f"a list such as {name} = ['...']"
        yield place, f"expected {wanted}, found {found(value)}"
        return
    if struct:
        yield from mistakes_in_list(struct, value, place)
        return
    for index, item in enumerate(value):
        yield from _value_mistakes(kind, name, element, item, (*place, index))


def _dict_mistakes(kind: type[Struct], name: str, value: Any, place: Place) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield place, f"expected a table such as {name} = {{ Name = 'value' }}, found {found(value)}"
        return
    check = field_check(kind, name)
    spellings: dict[str, str] = {}
    for key, item in value.items():
        first = spellings.setdefault(key.lower(), key)
        if first != key:
            yield (*place, key), f"expected each name once (case does not count), found {first} and {key}"
        if not isinstance(item, str):
            yield (*place, key), f"expected a text in quotes, found {found(item, secret=is_secret_header(key))}"
        elif check and (mistake := check((key, item))):
            yield (*place, key), mistake


def _value_mistakes(kind: type[Struct], name: str, wanted: Any, value: Any, place: Place) -> Iterator[Mistake]:
    try:
        converted = msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        yield place, f"expected {_wording(wanted)}, found {found(value, secret=is_secret_header(name))}"
        return
    check = field_check(kind, name)
    if check and (mistake := check(converted)):
        yield place, mistake


def _wording(wanted: Any) -> str:
    if get_origin(wanted) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(wanted))
    return _WORDS.get(plain_type(wanted), str(wanted))


def _unknown_key(key: str, known: list[str]) -> str:
    close = get_close_matches(key.lower().replace("-", "_"), known, n=1, cutoff=0.7)
    hint = f"did you mean `{close[0]}`?" if close else f"expected one of {', '.join(known)}"
    return f"unknown key `{key}`: {hint}"


def plain_type(wanted: Any) -> Any:
    """`T` of a type `T | None`, else the type itself."""
    if get_origin(wanted) in (Union, UnionType):
        members = [member for member in get_args(wanted) if member is not NoneType]
        return members[0] if len(members) == 1 else wanted
    return wanted


def struct_in(wanted: Any) -> type[Struct] | None:
    """The struct that a field of type `S` or `S | None` holds."""
    wanted = plain_type(wanted)
    return wanted if isinstance(wanted, type) and issubclass(wanted, Struct) else None
