"""Names of endpoints and snippets, made unique."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from wsmonitor.settings.endpoint_settings import EndpointConfig


def unique_names(endpoints: Iterable[EndpointConfig]) -> list[EndpointConfig]:
    """The same endpoints, in order; where names collide the later ones become `NAME #2`, `NAME #3`."""
    endpoints = list(endpoints)
    names = numbered([endpoint.name for endpoint in endpoints])
    return [one if one.name == name else replace(one, name=name) for one, name in zip(endpoints, names, strict=True)]


def numbered(names: Sequence[str]) -> list[str]:
    """The same names, in order; of those that collide the later ones get a number that is not taken."""
    taken = set(names)
    seen: set[str] = set()
    out = []
    for wanted in names:
        name, number = wanted, 1
        while name in seen or (number > 1 and name in taken):
            number += 1
            name = f"{wanted} #{number}"
        seen.add(name)
        out.append(name)
    return out
