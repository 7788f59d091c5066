"""The endpoint editor: every setting, in the workspace's own words, tried before it is saved."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.analysis.facts import dropped
from tests.gui.conftest import FakeProbe, show
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.errors import SettingsError
from wsmonitor.facts.events import AnyEvent, OpenFailed, PhaseDone, State, StateChanged
from wsmonitor.gui.editor import draft
from wsmonitor.gui.editor.dialog import EndpointEditor
from wsmonitor.gui.editor.fields import all_fields
from wsmonitor.gui.editor.inputs import SecretInput, TextInput, UrlInput
from wsmonitor.gui.editor.rows_input import RowsInput
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.probe import channel
from wsmonitor.settings import workspace
from wsmonitor.settings.endpoint_settings import (
    AppHeartbeatConfig,
    ConnectConfig,
    Correlation,
    EndpointConfig,
    LimitsConfig,
    MatchRule,
    OutboxConfig,
    OwnCloseCode,
    PingConfig,
    RetryConfig,
    RetryRule,
    TlsConfig,
    TrafficConfig,
)
from wsmonitor.settings.workspace.checking import struct_in
from wsmonitor.settings.workspace.rules import KEPT_OUT

FULL = EndpointConfig(
    name="all of it",
    url="wss://h.example/ws",
    connections=3,
    headers={"Authorization": "Bearer abc", "X-A": "1"},
    subprotocols=("a", "b"),
    origin="https://h.example",
    auth="u:p",
    proxy="none",
    compression=False,
    preamble=("one", "two\nlines"),
    profile="uvicorn",
    echo=True,
    health_check=True,
    connect=ConnectConfig(timeout_s=1.5, max_redirects=0),
    limits=LimitsConfig(capture_bytes=0),
    ping=PingConfig(enabled=False, interval_s=0.05, max_missed=7),
    app_heartbeat=AppHeartbeatConfig(
        match=(
            MatchRule(path="$.a", op="in", value=[1, "x"]),
            MatchRule(value="5"),
            MatchRule(op="exists", value=True),
        ),
        correlate=Correlation(path="$.id", equals="${seq}"),
        direction="both",
        reply="pong",
    ),
    retry=RetryConfig(cap_s=60, rule=(RetryRule(codes="4000-4099,1008", reason="x.*", then="slow"),)),
    outbox=OutboxConfig(overflow="drop_oldest", ttl_s=0),
    close_code=(OwnCloseCode(code=4001, name="lobby closed", meaning="come back later", reconnect="slow"),),
    tls=TlsConfig(verify=False, ca="/ca.pem", cert="/c.pem", key="/k.pem", passphrase="s"),
    traffic=TrafficConfig(messages=("${seq}",), every_s=0.5),
)


@pytest.fixture
def editor(monitoring: WholeWindow) -> EndpointEditor:
    return monitoring.endpoint_actions.editor


def leaves(kind: type[Struct], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for info in fields(kind):
        struct = struct_in(info.type)
        if struct is None:
            yield (*place, info.name)
        else:
            yield from leaves(struct, (*place, info.name))


def type_in(editor: EndpointEditor, place: tuple[str, ...], text: str) -> None:
    one = editor.form.inputs[place]
    assert isinstance(one, TextInput)
    one.edit.setText(text)


def said(editor: EndpointEditor, place: tuple[str, ...]) -> str:
    return editor.check().get(place, "")


def test_every_setting_of_the_workspace_file_has_one_field_with_a_hint() -> None:
    places = [field.place for field in all_fields()]

    written = [place for place in leaves(EndpointConfig) if (EndpointConfig, place[-1]) not in KEPT_OUT]
    assert sorted(places) == sorted(written)
    assert [field.place for field in all_fields() if not field.hint] == []


@pytest.mark.parametrize("config", [FULL, EndpointConfig(name="ws://h/", url="ws://h/")])
def test_what_is_shown_is_what_is_saved(editor: EndpointEditor, config: EndpointConfig) -> None:
    editor.edit(config, frozenset())
    saved: list[Any] = []
    editor.saved.connect(lambda old, new: saved.append((old, new)))

    editor.save()

    assert saved == [(config.name, config)]


def test_an_endpoint_without_a_name_of_its_own_is_called_by_its_url(editor: EndpointEditor) -> None:
    editor.edit(None, frozenset())
    type_in(editor, ("url",), "localhost:1/ws?token=abc")

    assert not editor.check()
    config = draft.config_of(draft.table_of(editor.form.values()))
    assert (config.name, config.url) == ("ws://localhost:1/ws?token=***", "ws://localhost:1/ws?token=abc")


@pytest.mark.parametrize(
    ("key", "text", "toml"),
    [
        (("ping", "interval_s"), "0.001", "[endpoint.ping]\ninterval_s = 0.001"),
        (("ping", "interval_s"), "soon", '[endpoint.ping]\ninterval_s = "soon"'),
        (("connections",), "1.5", "connections = 1.5"),
        (("auth",), "no colon", 'auth = "no colon"'),
        (("retry", "cap_s"), "0.1", "[endpoint.retry]\ncap_s = 0.1"),
        (("tls", "key"), "k.pem", '[endpoint.tls]\nkey = "k.pem"'),
        (
            ("app_heartbeat", "correlate", "path"),
            "a.b",
            '[endpoint.app_heartbeat.correlate]\npath = "a.b"\nequals = "x"',
        ),
    ],
)
def test_a_mistake_is_said_in_the_words_of_the_workspace_file(
    editor: EndpointEditor, key: tuple[str, ...], text: str, toml: str
) -> None:
    editor.edit(EndpointConfig(name="a", url="ws://h/"), frozenset())
    type_in(editor, key, text)
    if "correlate" in key:
        type_in(editor, ("app_heartbeat", "correlate", "equals"), "x")

    with pytest.raises(SettingsError) as refused:
        workspace.loads(f'[[endpoint]]\nurl = "ws://h/"\n{toml}\n')

    assert said(editor, key)
    assert refused.value.problems[0].endswith(said(editor, key))


def test_mistakes_in_rows_say_which_row(editor: EndpointEditor) -> None:
    editor.edit(EndpointConfig(name="a", url="ws://h/", subprotocols=("good", "not good")), frozenset({"a"}))

    assert said(editor, ("subprotocols",)).startswith("2. a subprotocol is one word")
    assert "another endpoint has" in said(editor, ("name",))
    assert editor.form.list.item(1).text().endswith("✖")


def test_with_a_mistake_nothing_is_saved_and_the_field_is_shown(editor: EndpointEditor) -> None:
    editor.edit(EndpointConfig(name="a", url="ws://h/"), frozenset())
    type_in(editor, ("ping", "timeout_s"), "-1")

    editor.save()

    assert editor.isVisible()
    assert editor.form.list.currentItem().text().startswith("Ping")
    proxy = editor.form.inputs["ping", "timeout_s"].focusProxy()
    assert proxy is not None
    assert proxy.property("problem")


def test_secrets_are_dots_until_they_are_asked_for(editor: EndpointEditor) -> None:
    editor.edit(FULL, frozenset())
    secret, headers = editor.form.inputs[("auth",)], editor.form.inputs[("headers",)]
    assert isinstance(secret, SecretInput)
    assert isinstance(headers, RowsInput)
    item = headers.table.item(0, 1)
    assert item is not None

    assert secret.edit.echoMode() is QLineEdit.EchoMode.Password
    assert item.text() == "Bearer ***"
    assert not item.flags() & Qt.ItemFlag.ItemIsEditable
    headers._reveal(True)

    assert item.text() == "Bearer abc"
    assert headers.value() == FULL.headers


def test_a_test_dials_once_and_shows_each_phase(
    monitoring: WholeWindow, editor: EndpointEditor, probe: FakeProbe, analyzer: Analyzer
) -> None:
    editor.edit(FULL, frozenset())

    editor.test()
    added, dialled = probe.commands
    assert isinstance(added, channel.AddEndpoint)
    assert isinstance(dialled, channel.ConnectEndpoint)
    name = added.config.name
    assert (added.config.retry.enabled, added.config.connections, added.config.traffic.messages) == (False, 1, ())

    pass_on(
        monitoring,
        [
            PhaseDone(at_ns=1, endpoint=name, phase="tcp", duration_ns=1_500_000),
            StateChanged(at_ns=2, endpoint=name, old=State.UPGRADING, new=State.OPEN),
            PhaseDone(at_ns=3, endpoint="voice backend", phase="tcp", duration_ns=1),
        ],
    )

    assert editor.trial.phases.text() == "TCP ✓ 1.5 ms"
    assert editor.trial.outcome.text().startswith("It opens")
    assert isinstance(probe.commands[-1], channel.RemoveEndpoint)
    show(monitoring, analyzer, 121)
    assert monitoring.monitor.table.model().rowCount() == 4


def test_a_test_that_fails_says_in_which_phase(
    monitoring: WholeWindow, editor: EndpointEditor, probe: FakeProbe
) -> None:
    editor.edit(EndpointConfig(name="a", url="ws://h/"), frozenset())
    editor.test()
    added = probe.commands[0]
    assert isinstance(added, channel.AddEndpoint)
    name = added.config.name

    pass_on(
        monitoring, [OpenFailed(at_ns=1, endpoint=name, phase="http", error="<b>no", status=403, duration_ns=1_000_000)]
    )

    assert editor.trial.outcome.text() == "http: HTTP 403, <b>no"
    assert editor.trial.phases.text() == "upgrade ✖ 1.0 ms"


def test_messages_of_a_test_that_are_no_events_count_nowhere(
    monitoring: WholeWindow, editor: EndpointEditor, probe: FakeProbe
) -> None:
    editor.edit(EndpointConfig(name="a", url="ws://h/"), frozenset())
    editor.test()
    added = probe.commands[0]
    assert isinstance(added, channel.AddEndpoint)
    ours, tried = dropped(1, 2, received=3), dropped(1, 2, received=4, name=added.config.name)

    kept = pass_on(monitoring, [replace(ours, unlisted=tried.unlisted + ours.unlisted)])

    assert kept == [ours]


def pass_on(window: WholeWindow, events: list[AnyEvent]) -> list[AnyEvent]:
    class Once:
        def take(self) -> list[AnyEvent]:
            return events

    kept = window.controller.trials.sift(Once()).take()
    assert all("try" not in getattr(event, "endpoint", "") for event in kept)
    return kept


def test_an_edited_endpoint_keeps_its_history(
    monitoring: WholeWindow, editor: EndpointEditor, probe: FakeProbe, analyzer: Analyzer
) -> None:
    monitoring.monitor.table.select(("voice backend", 0))
    monitoring.window.actions_table["edit"].trigger()
    type_in(editor, ("ping", "interval_s"), "5")

    editor.save()

    assert [type(command) for command in probe.commands] == [channel.AddEndpoint, channel.ConnectEndpoint]
    assert monitoring.controller.configs[0].ping.interval_s == 5
    view = analyzer.snapshot(at_ns(121)).endpoints[0]
    assert (view.name, view.closures) == ("voice backend", 3)


def test_another_name_takes_the_same_place(monitoring: WholeWindow, editor: EndpointEditor) -> None:
    monitoring.monitor.table.select(("transcribe", 0))
    monitoring.window.actions_table["edit"].trigger()
    type_in(editor, ("name",), "renamed")

    editor.save()

    assert [config.name for config in monitoring.controller.configs][1] == "renamed"


def test_a_pasted_command_fills_the_editor(monitoring: WholeWindow, probe: FakeProbe) -> None:
    form = monitoring.endpoint_actions.add_form
    form.url.edit.setText("curl -H 'X-A: 1' https://h/ws -k")
    assert form.url.problem.text() == "wss://h/ws, with 1 header, TLS unchecked"

    form.submit()

    config = monitoring.controller.configs[-1]
    assert (config.url, config.headers, config.tls.verify) == ("wss://h/ws", {"X-A": "1"}, False)


def test_a_ping_interval_that_is_none_is_said_in_the_small_form(monitoring: WholeWindow, probe: FakeProbe) -> None:
    form = monitoring.endpoint_actions.add_form
    form.url.edit.setText("ws://h/")
    form.interval.edit.setText("0")
    form.submit()
    assert form.problem.text().startswith("expected 0.05 to")
    assert probe.commands == []

    form.interval.edit.setText("2")
    form.submit()

    assert monitoring.controller.configs[-1].ping.interval_s == 2.0


def test_the_secret_of_a_url_is_not_shown_until_it_is_asked_for(editor: EndpointEditor) -> None:
    config = EndpointConfig(name="mine", url="ws://h/feed?token=s3cret")
    editor.edit(config, frozenset())
    url = editor.form.inputs["url",]
    assert isinstance(url, UrlInput)

    hidden = url.edit.text()
    url.edit.setText("ws://h/feed?token=***")  # as typing into it would, were it not locked
    url.show_button.click()

    assert hidden == "ws://h/feed?token=***"
    assert url.edit.text() == "ws://h/feed?token=s3cret"
    assert url.value() == config.url
    url.show_button.click()
    assert (url.edit.text(), url.edit.isReadOnly(), url.value()) == (hidden, True, config.url)


def test_a_url_without_a_secret_is_edited_as_it_is(editor: EndpointEditor) -> None:
    editor.edit(EndpointConfig(name="mine", url="ws://h/feed"), frozenset())
    url = editor.form.inputs["url",]
    assert isinstance(url, UrlInput)

    assert (url.edit.isReadOnly(), url.show_button.isHidden()) == (False, True)


def test_the_editor_opens_on_the_name_and_a_test_leaves_the_focus_where_it_is(
    monitoring: WholeWindow, editor: EndpointEditor
) -> None:
    monitoring.window.actions_table["edit"].trigger()
    QApplication.processEvents()
    name = editor.form.inputs["name",]
    assert isinstance(name, TextInput)
    assert editor.focusWidget() is name.edit

    editor.trial.button.setFocus()
    editor.trial.button.click()

    assert editor.focusWidget() is editor.trial.button


def test_an_interval_that_is_the_usual_one_stays_chosen(editor: EndpointEditor) -> None:
    editor.edit(EndpointConfig(name="e", url="ws://h/", ping=PingConfig(interval_s=20)), frozenset())
    field = editor.form.inputs["ping", "interval_s"]
    assert isinstance(field, TextInput)

    assert (field.edit.text(), field.value()) == ("20", 20)
    field.edit.clear()
    assert (field.value(), field.edit.placeholderText()) == (None, "20   (default)")
    assert draft.config_of(draft.table_of(editor.form.values())).ping.interval_s is None
