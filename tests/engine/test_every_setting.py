"""One walk over all settings of an endpoint: none is only written down.

Each is read by the engine while a scripted peer makes it do all it can, has a check or a type that leaves nothing
to check, a flag or a reason to have none, and a place in the editor. A new setting fails until it has them.
"""

import sys
from collections.abc import Iterator
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import click
import pytest
from click.testing import CliRunner
from msgspec import Struct
from msgspec.structs import fields

from tests.engine.conftest import Certificates
from tests.engine.peer import PING, PONG, TEXT, Wire, close, frame, peer, text
from tests.engine.watching import Watch, endpoint, pings, retries, watching
from wsmonitor.command_line import ConnectionOptions, connection_options, endpoints_from
from wsmonitor.engine.opening import tls
from wsmonitor.facts.events import HeartbeatMissed, Message, State
from wsmonitor.gui.editor.fields import all_fields
from wsmonitor.settings.endpoint_settings import (
    AppHeartbeatConfig,
    CloseConfig,
    ConnectConfig,
    Correlation,
    EndpointConfig,
    MatchRule,
    OutboxConfig,
    OwnCloseCode,
    RetryRule,
    TlsConfig,
    TrafficConfig,
)
from wsmonitor.settings.workspace.rules import KEPT_OUT, field_check

Place = tuple[str, ...]
Setting = tuple[type[Struct], str]

FLAGS: dict[tuple[str, ...], set[Place]] = {
    ("-H", "X-A: 1"): {("headers",)},
    ("-s", "v1"): {("subprotocols",)},
    ("--origin", "https://o"): {("origin",)},
    ("-k",): {("tls", "verify")},
    ("--ca", __file__): {("tls", "ca")},
    ("--cert", __file__): {("tls", "cert")},
    ("--cert", __file__, "--key", __file__): {("tls", "cert"), ("tls", "key")},
    ("--cert", __file__, "--passphrase", "p"): {("tls", "cert"), ("tls", "passphrase")},
    ("--auth", "a:b"): {("auth",)},
    ("--proxy", "none"): {("proxy",)},
    ("--ping-interval", "1s"): {("ping", "interval_s")},
    ("--ping-timeout", "1s"): {("ping", "timeout_s")},
    ("--connect-timeout", "1s"): {("connect", "timeout_s")},
    ("--resolve", "h:80:127.0.0.1"): {("connect", "address")},
    ("--echo",): {("echo",)},
    ("--once",): {("retry", "enabled")},
}
"""Words of the command line -> the settings that they change."""
SAID_BY_WORDS = {("url",), ("name",)}
"""What an argument says, not a flag."""
OTHER_FLAGS = {"--workspace", "--show-secrets"}
ONLY_IN_WORKSPACES = {
    *(
        ("tags",),
        ("connections",),
        ("compression",),
        ("profile",),
        ("health_check",),
        ("preamble",),
        ("tls", "server_name"),
    ),
    *(("connect", "max_redirects"), ("close", "timeout_s"), ("ping", "enabled"), ("ping", "max_missed")),
}
TABLES_ONLY_IN_WORKSPACES = {
    *("tap", "limits", "app_heartbeat", "outbox", "traffic", "retry", "close_code", "shared_close_code"),
}
"""Nobody types these: they are written down once, in a file."""

CHECKED_AS_A_TABLE = {(MatchRule, "value")}
"""What it may be depends on its neighbours: `table_mistakes`."""


def walk(kind: type[Struct], place: Place = ()) -> Iterator[tuple[Place, Setting, Any]]:
    """Every setting: where it stands, what holds it, and its type."""
    for field in fields(kind):
        inner = struct_in(field.type)
        if inner is None:
            yield (*place, field.name), (kind, field.name), field.type
        else:
            yield from walk(inner, (*place, field.name))


def struct_in(wanted: Any) -> type[Struct] | None:
    """The struct in a type such as `S`, `S | None` or `tuple[S, ...]`."""
    members = [one for one in get_args(wanted) if one not in (NoneType, Ellipsis)] or [wanted]
    (one, *others) = members
    return one if not others and isinstance(one, type) and issubclass(one, Struct) else None


SETTINGS = {place: (setting, wanted) for place, setting, wanted in walk(EndpointConfig)}


def test_every_setting_has_a_check_or_a_type_that_leaves_nothing_to_check() -> None:
    def is_closed(wanted: Any) -> bool:
        return wanted is bool or get_origin(wanted) is Literal

    unchecked = {
        place
        for place, ((kind, name), wanted) in SETTINGS.items()
        if not is_closed(wanted) and field_check(kind, name) is None and (kind, name) not in CHECKED_AS_A_TABLE
    }

    assert unchecked == set()


def test_every_setting_has_its_place_in_the_editor() -> None:
    kept_out = {place for place in SETTINGS if any((EndpointConfig, name) in KEPT_OUT for name in place[:1])}
    assert set(_places_in_the_editor()) == set(SETTINGS) - kept_out


def _places_in_the_editor() -> Iterator[Place]:
    for field in all_fields():
        assert field.hint, f"{field.place}: a docstring is its hint"
        names = [column.name for column in field.columns if column.name] if field.form == "rows" else []
        yield from ((*field.place, name) for name in names) if names else (field.place,)


def test_every_setting_has_a_flag_or_is_written_in_a_workspace_only() -> None:
    changed = {words: changed_by(words) for words in FLAGS}

    assert changed == FLAGS
    flagged = set().union(*FLAGS.values(), SAID_BY_WORDS, ONLY_IN_WORKSPACES)
    assert {place for place in SETTINGS if place[0] not in TABLES_ONLY_IN_WORKSPACES} - flagged == set()
    used = OTHER_FLAGS.union(*FLAGS)
    assert [option.opts for option in collecting.params if not used & set(option.opts)] == []


seen: list[EndpointConfig] = []


@click.command()
@connection_options
def collecting(options: ConnectionOptions) -> None:
    seen[:] = endpoints_from(["ws://h/"], options)


def changed_by(words: tuple[str, ...]) -> set[Place]:
    """The settings that are not as before once `words` stand on the command line."""
    result = CliRunner().invoke(collecting, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    plain = EndpointConfig(name="ws://h/", url="ws://h/")
    return {place for place in SETTINGS if value_at(seen[0], place) != value_at(plain, place)}


def value_at(config: Any, place: Place) -> Any:
    """What stands there; the whole list where a list of tables stands on the way."""
    for name in place:
        if config is None or isinstance(config, tuple):
            return config
        config = getattr(config, name)
    return config


class Reads:
    """Which settings were read, however deep in the program; filling in placeholders is not yet a use."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: set[Setting] = set()
        for setting, _ in SETTINGS.values():
            kind, name = setting
            monkeypatch.setattr(kind, name, self._watched(kind.__dict__[name], setting))

    def _watched(self, stored: Any, setting: Setting) -> property:
        def read(owner: Any) -> Any:
            if not sys._getframe(1).f_code.co_filename.endswith("settings/filled.py"):
                self.seen.add(setting)
            return stored.__get__(owner)

        return property(read)


async def test_every_setting_is_read_by_the_engine(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {
        "connect": ConnectConfig(timeout_s=5.0),
        "close": CloseConfig(timeout_s=0.3),
        "ping": pings(0.05, 0.05, 5),
        "retry": retries(stable_after_s=60.0, rule=(RetryRule(codes="4000-4099", reason="a reason", then="retry"),)),
        "app_heartbeat": AppHeartbeatConfig(
            interval_s=0.05,
            timeout_s=0.05,
            max_missed=9,
            correlate=Correlation(path="$.id", equals="${seq}"),
            direction="both",
            reply="yes",
            on_miss="close",
        ),
        "outbox": OutboxConfig(max_messages=1),
        "tls": TlsConfig(ca=certificates.ca_file, cert=certificates.client_file),
        "traffic": TrafficConfig(messages=("one", "two is one too many")),
        "close_code": (OwnCloseCode(code=4001, name="ours"),),
        "shared_close_code": (OwnCloseCode(code=4002, name="everybody's"),),
        "headers": {"X-A": "1"},
    }
    async with peer(closes_with_a_code_of_its_own, forbids, tls=certificates.wants_client) as listening:
        tls._context.cache_clear()  # another test may have asked for the same one
        reads = Reads(monkeypatch)
        async with watching(endpoint(listening.url, **config)) as watch:
            await heartbeats_and_closure(watch)
            await watch.state(State.FAILED)

    names = {setting: place for place, (setting, _) in SETTINGS.items()}
    unread = {names[setting] for setting, _ in SETTINGS.values() if setting not in reads.seen}
    elsewhere = {"tap", "tags"}  # `tests/tap/test_settings.py`; `tests/gui/groups/test_grouping.py`
    assert {place for place in unread if place[0] not in elsewhere} == set()


async def heartbeats_and_closure(watch: Watch) -> None:
    await watch.fact(HeartbeatMissed, lambda miss: miss.kind == "app")
    await watch.fact(HeartbeatMissed, lambda miss: miss.kind == "ws")
    await watch.fact(Message, lambda message: message.direction == "rx")
    await watch.verdict()


async def closes_with_a_code_of_its_own(wire: Wire) -> None:
    """Answers no ping and no heartbeat at first, then says something and closes."""
    await wire.upgrade()
    await wire.read_until(PING)
    await wire.read_until(PING)
    ping = await wire.read_until(PING)
    wire.write(frame(PONG, ping.payload) + text('{"type":"pong","id":"1"}'))
    await wire.read_until(TEXT)
    wire.write(close(4001, "a reason"))
    await wire.gone()


async def forbids(wire: Wire) -> None:
    await wire.request()
    wire.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    wire.end()
