"""Checks a value against the few words of JSON Schema (draft 6) that the HAR schema uses; an unknown word fails."""

import ipaddress
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

_TYPES = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_SILENT = {"$id", "$schema", "optional", "required", "min", "description"}


class JsonSchema:
    """The schemas of a folder, which refer to each other by file name."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}

    def mistakes(self, value: Any, name: str) -> list[str]:
        """Where `value` breaks the schema in file `name`, and how."""
        return list(self._check(value, self._files[name], "$"))

    def _check(self, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        for word, wanted in schema.items():
            match word:
                case "$ref":
                    yield from self._check(value, self._files[wanted.removesuffix("#")], at)
                case "type":
                    if not _is_of(value, wanted):
                        yield f"{at} is {type(value).__name__}, not {wanted}"
                case "properties":
                    for name, inner in wanted.items():
                        if isinstance(value, dict) and name in value:
                            yield from self._check(value[name], inner, f"{at}.{name}")
                case "items":
                    for number, one in enumerate(value):
                        yield from self._check(one, wanted, f"{at}[{number}]")
                case "pattern":
                    if not re.search(wanted, value):
                        yield f"{at} does not match {wanted}"
                case "format":
                    yield from _format(value, wanted, at)
                case "oneOf":
                    fitting = [one for one in wanted if not list(self._check(value, one, at))]
                    if len(fitting) != 1:
                        yield f"{at} fits {len(fitting)} of {wanted}"
                case "anyOf":
                    if all(list(self._check(value, one, at)) for one in wanted):
                        yield f"{at} fits none of {wanted}"
                case _ if word not in _SILENT:
                    yield f"unknown word {word} in the schema"
        missing = [name for name in schema.get("required", ()) if name not in value]
        yield from (f"{at} lacks {name}" for name in missing)
        if "min" in schema and value < schema["min"]:
            yield f"{at} is below {schema['min']}"


def _is_of(value: Any, wanted: str | list[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in names)


def _format(value: str, wanted: str, at: str) -> Iterator[str]:
    try:
        match wanted:
            case "date-time":
                datetime.fromisoformat(value)
            case "ipv4":
                ipaddress.IPv4Address(value)
            case "ipv6":
                ipaddress.IPv6Address(value)
            case "uri":
                if not re.match(r"[a-z][a-z0-9+.-]*:", value):
                    yield f"{at} is no URI"
            case _:
                yield f"unknown format {wanted} in the schema"
    except ValueError as error:
        yield f"{at}: {error}"
