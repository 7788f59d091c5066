"""What a program tells a screen reader (AT-SPI over D-Bus): names, roles, states, places of what it shows now.

https://gnome.pages.gitlab.gnome.org/at-spi2-core/libatspi/ ; the bits of the states are those of `AtspiStateType`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import jeepney
from jeepney.io.blocking import DBusConnection

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_ANSWER_LIMIT_S = 20.0
_SCREEN_COORDINATES = 0


class State(IntEnum):
    """The bits that tests look at."""

    CHECKED = 4
    ENABLED = 8
    FOCUSED = 12
    SELECTED = 23
    SHOWING = 25


@dataclass(frozen=True)
class Seen:
    """One thing on the screen."""

    role: str
    name: str
    description: str
    text: str
    """Of a field: what is in it."""
    states: int
    box: tuple[int, int, int, int]
    """Left, top, width, height, in pixels of the screen."""

    def has(self, state: State) -> bool:
        """Whether it is in this state."""
        return bool(self.states >> state & 1)

    @property
    def middle(self) -> tuple[int, int]:
        """Where to click it."""
        left, top, width, height = self.box
        return left + width // 2, top + height // 2


class Accessible:
    """Asks one process over the accessibility bus. What goes away between two questions is left out."""

    def __init__(self, bus: DBusConnection, pid: int) -> None:
        self._bus, self._pid = bus, pid

    def seen(self) -> list[Seen]:
        """Everything that is showing now, parents first; nothing while the process is not known yet."""
        return [
            one for address in self._children(_REGISTRY) if self._is_ours(address[0]) for one in self._below(address)
        ]

    def _below(self, address: tuple[str, str]) -> Iterator[Seen]:
        for child in self._children(address):
            one = self._look_at(child)
            if one is not None and one.has(State.SHOWING):
                yield one
                yield from self._below(child)

    def _look_at(self, address: tuple[str, str]) -> Seen | None:
        role = self._ask(address, _ACCESSIBLE, "GetRoleName")
        states = self._ask(address, _ACCESSIBLE, "GetState")
        if role is None or states is None:
            return None
        box = self._ask(address, "org.a11y.atspi.Component", "GetExtents", "u", _SCREEN_COORDINATES)
        is_field = role == "text"
        text = self._ask(address, "org.a11y.atspi.Text", "GetText", "ii", 0, -1) if is_field else ""
        return Seen(
            role=role,
            name=self._property(address, "Name"),
            description=self._property(address, "Description"),
            text=text or "",
            states=states[0] | states[1] << 32,
            box=box or (0, 0, 0, 0),
        )

    def _children(self, address: tuple[str, str]) -> list[tuple[str, str]]:
        return self._ask(address, _ACCESSIBLE, "GetChildren") or []

    def _property(self, address: tuple[str, str], name: str) -> str:
        answer = self._ask(address, "org.freedesktop.DBus.Properties", "Get", "ss", _ACCESSIBLE, name)
        return answer[1] if answer is not None else ""

    def _is_ours(self, bus_name: str) -> bool:
        daemon = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
        pid = self._ask(daemon, "org.freedesktop.DBus", "GetConnectionUnixProcessID", "s", bus_name)
        return bool(pid == self._pid)

    def _ask(self, address: tuple[str, str], interface: str, method: str, signature: str = "", *words: Any) -> Any:
        """The answer; `None` where there is none."""
        bus_name, path = address
        target = jeepney.DBusAddress(path, bus_name=bus_name, interface=interface)
        call = jeepney.new_method_call(target, method, signature or None, words)
        answer = self._bus.send_and_get_reply(call, timeout=_ANSWER_LIMIT_S)
        is_answer = answer.header.message_type is jeepney.MessageType.method_return
        return answer.body[0] if is_answer else None
