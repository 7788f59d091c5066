"""The workspace file: what loads, what is reported, what saving keeps."""

import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from wsmonitor.engine.heartbeats.message_match import ReceivedText, matches
from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.endpoint_settings import (
    AppHeartbeatConfig,
    Correlation,
    EndpointConfig,
    RetryRule,
    TrafficConfig,
)
from wsmonitor.settings.workspace import Snippet, Workspace, dumps, load, loads, save
from wsmonitor.settings.workspace.lines import Lines, Place

EXAMPLE = Path(__file__).parents[2] / "data" / "workspace_example.toml"


def problems_of(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        loads(text)
    return list(caught.value.problems)


def endpoint(body: str) -> str:
    return f'[[endpoint]]\nurl = "ws://h"\n{body}'


# Reading


def test_the_documented_example_loads() -> None:
    (voice,) = load(EXAMPLE).endpoints

    assert voice.name == "voice"
    assert voice.headers == {"Authorization": "Bearer ${VOICE_TOKEN}"}
    assert voice.ping.interval_s == 20
    assert voice.app_heartbeat is not None
    assert voice.app_heartbeat.correlate == Correlation(path="$.id", equals="${seq}")
    assert voice.retry.rule == (RetryRule(codes="4000-4099", then="stop"),)
    assert voice.tls.ca == str(EXAMPLE.parent / "certs/dev.pem")


def test_an_unnamed_endpoint_is_called_by_its_url_without_secrets() -> None:
    (unnamed,) = loads('[[endpoint]]\nurl = "localhost:1/ws?token=secret"').endpoints

    assert unnamed.name == "ws://localhost:1/ws?token=***"
    assert unnamed.url == "ws://localhost:1/ws?token=secret"


def test_equal_names_are_numbered() -> None:
    names = [e.name for e in loads('[[endpoint]]\nname = "a"\nurl = "h"\n' * 3).endpoints]

    assert names == ["a", "a #2", "a #3"]


def test_paths_are_relative_to_the_file_unless_they_start_with_a_variable(tmp_path: Path) -> None:
    text = endpoint('tls = { ca = "ca.pem", cert = "/etc/me.pem", key = "${HOME}/me.key" }')

    tls = loads(text, tmp_path / "w.toml").endpoints[0].tls

    assert (tls.ca, tls.cert, tls.key) == (str(tmp_path / "ca.pem"), "/etc/me.pem", "${HOME}/me.key")


def test_a_workspace_takes_every_path_that_the_engine_reads() -> None:
    text = endpoint("app_heartbeat = { match = [{ path = '$[\"a b\"][-1].c-d', value = true }] }")

    heartbeat = loads(text).endpoints[0].app_heartbeat

    assert heartbeat is not None
    assert matches(ReceivedText(b'{"a b": [{}, {"c-d": true}]}'), heartbeat.match)
    assert not matches(ReceivedText(b'{"a b": [{}, {"c-d": 1}]}'), heartbeat.match)


def test_snippets_are_read() -> None:
    assert loads('[[snippet]]\nname = "hi"\ntext = "68 69"\nformat = "hex"').snippets == (
        Snippet(name="hi", text="68 69", format="hex"),
    )


def test_snippets_of_one_name_are_numbered_like_endpoints() -> None:
    text = '[[snippet]]\nname = "a"\ntext = "1"\n[[snippet]]\nname = "a"\ntext = "2"\n'

    read = loads(text)

    assert [snippet.name for snippet in read.snippets] == ["a", "a #2"]
    assert dumps(read) == text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('name = " "\ntext = "x"', "expected a name, found none"),
        ('name = "a\\u202Eb"\ntext = "x"', "expected one line of text without control characters"),
        (f'name = "{"n" * 201}"\ntext = "x"', "expected at most 200 characters, found 201"),
        (f'name = "big"\ntext = "{"t" * 65_537}"', "expected at most 65,536 characters, found 65,537"),
        ('name = "a"\ntext = "x"\nformat = "yaml"', 'expected one of "text", "json", "hex"'),
    ],
)
def test_a_snippet_has_a_name_and_bounds(body: str, told: str) -> None:
    (problem,) = problems_of(f"[[snippet]]\n{body}")

    assert told in problem


def test_an_empty_file_is_an_empty_workspace() -> None:
    assert loads("").endpoints == ()


# Mistakes

MISTAKES = """\
[[endpoint]]
name = "voice"
url = "http://localhost:8000"
conections = 1
headers = { Authorization = 5, "Bad Name" = "x", a = "1", A = "2" }
subprotocols = ["v1", "v1", 3]
preamble = ['{"id":"${uid}"}']
[endpoint.ping]
interval = 20
interval_s = 0.01
max_missed = 2.5
[endpoint.retry]
base_s = 50
cap_s = nan
[[endpoint.retry.rule]]
codes = "99-4099"
then = "halt"
[[endpoint.retry.rule]]
reason = "(("
[endpoint.tls]
key = "k"
verify = "yes"
[[snippet]]
name = "x"
[[endpoint]]
connections = true
app_heartbeat = [1]
[endpoints]
"""


def test_every_mistake_is_reported_at_once_with_its_line() -> None:
    problems = problems_of(MISTAKES)

    told = [(int(line), rest) for line, rest in (p.removeprefix("workspace line ").split(": ", 1) for p in problems)]
    expected = [
        (3, "http:// is no WebSocket URL"),
        (4, "did you mean `connections`?"),
        (5, "expected a text in quotes, found a number"),
        (5, "expected each name once"),
        (5, "a header's name holds no blanks"),
        (6, "expected a text in quotes, found 3"),
        (6, "expected each subprotocol once, found 'v1' twice"),
        (7, "did you mean ${uuid}?"),
        (9, "did you mean `interval_s`?"),
        (10, "expected 0.05 to"),
        (11, "expected a whole number, found 2.5"),
        (14, "expected 0.01 to"),
        (16, "expected codes such as"),
        (17, 'expected one of "retry", "slow", "stop", found "halt"'),
        (19, "expected a regular expression"),
        (21, "expected the certificate"),
        (22, 'expected true or false, found "yes"'),
        (23, "expected the key `text`, found none"),
        (25, "expected the key `url`, found none"),
        (26, "expected a whole number, found true"),
        (27, "expected a table, found a list"),
        (28, "did you mean [[endpoint]]"),
    ]
    assert [line for line, _ in told] == [line for line, _ in expected]
    for line, words in expected:
        assert any(line == told_line and words in text for told_line, text in told), (line, words)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("connections = 0", "expected 1 to 1,000, found 0"),
        ("connections = 1001", "expected 1 to 1,000, found 1001"),
        ('headers = { Upgrade = "x" }', "cannot be set"),
        ('headers = { A = "x\\ny" }', "one line of text"),
        ('headers = { A = "${A B}" }', "name of an environment variable"),
        ('auth = "alice"', "USER:PASSWORD"),
        ('proxy = "localhost:1"', "a proxy is http://HOST:PORT"),
        ("limits = { max_message_bytes = 0 }", "expected 1 to"),
        ("outbox = { max_messages = 0 }", "expected 1 to"),
        ("outbox = { ttl_s = -1 }", "expected 0 to"),
        ('outbox = { overflow = "drop" }', 'expected one of "reject", "drop_oldest", "drop_newest"'),
        ("connect = { timeout_s = 0 }", "expected 0.01 to"),
        ("connect = { timeout_s = inf }", "expected 0.01 to"),
        ('app_heartbeat = { match = [{ path = "type" }] }', "expected a path such as $.type"),
        ('app_heartbeat = { match = [{ op = "regex", value = "(" }] }', "expected a regular expression"),
        ('app_heartbeat = { match = [{ op = "regex", value = "a(?=b)" }] }', "assert is not understood here"),
        ('app_heartbeat = { match = [{ op = "in", value = 1 }] }', "expected a list of values"),
        ('app_heartbeat = { match = { path = "$" } }', "expected [[...match]] or a list of tables"),
        ('app_heartbeat = { direction = "server" }', "expected a reply"),
        ('app_heartbeat = { preset = "phenix" }', "did you mean 'phoenix'?"),
        ('profile = "uvicron"', "did you mean 'uvicorn'?"),
        ('app_heartbeat = { correlate = { path = "$.id" } }', "expected the key `equals`"),
        ('retry = { rule = [{ codes = "4000-3000" }] }', "the smaller first"),
        ('retry = { rule = [{ codes = "5000" }] }', "from 1000 to 4999"),
        ('traffic = { messages = ["${x}"] }', "unknown placeholder"),
        ("traffic = { every_s = -1 }", "expected 0.001 to"),
        ('preamble = "x"', "expected a list such as preamble = ['...']"),
        ("headers = 3", "expected a table such as headers"),
        ('name = "a\\u0007"', "one line of text"),
    ],
)
def test_a_value_that_cannot_be_used_is_reported_with_what_is_expected(body: str, wrong: str) -> None:
    (problem,) = problems_of(endpoint(body))

    assert problem.startswith("workspace line 3: endpoint.")
    assert wrong in problem


def test_a_syntax_error_is_reported_alone() -> None:
    (problem,) = problems_of('[[endpoint]]\nurl = ws://h\nconnections = "x"')

    assert problem.startswith("workspace: line 2, column 7: no valid TOML")


def test_one_pair_of_brackets_is_a_mistake_with_a_hint() -> None:
    assert problems_of('[endpoint]\nurl = "ws://h"') == [
        "workspace line 1: endpoint: expected [[endpoint]] with two brackets, found [endpoint]"
    ]


def test_secrets_are_not_quoted_in_problems() -> None:
    text = endpoint(
        'auth = "hunter2"\npassphrase = "hunter2"\nheaders = { Cookie = "hunter2\\n" }\ntls.passphrase = 42424242'
    )

    assert not any("hunter2" in problem or "42424242" in problem for problem in problems_of(text))


def test_a_file_that_cannot_be_read_is_a_settings_error(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "\xff"')

    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "latin.toml"):
        with pytest.raises(SettingsError):
            load(path)


@given(st.text(max_size=200))
def test_any_text_loads_or_is_a_settings_error(text: str) -> None:
    with suppress(SettingsError):
        loads(text)


# Lines

TRICKY = '''\
title = "x" # [[endpoint]]
[[a]]
text = """
b = 1
"" \\""" end"""
other = \'\'\'
]] \'\'\'
"quoted key".x = 1
dotted . 'k' = [ # comment with ]
  { p = "}", q = [1, 2] },

  1979-05-27 07:32:00,
  1.5e3, true]
[a.sub]
x = {}
[b]
c = []
[[a]]
d = 1
[[a.list]]
e = 1
[[a.list]]
f = 1979-05-27T07:32:00Z
[a.list.deep]
g = 1
'''


def places(value: object, place: Place = ()) -> list[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(inner for key, item in items for inner in places(item, (*place, key)))]


def test_lines_are_those_of_the_text() -> None:
    lines = Lines(TRICKY)

    assert lines.of(("a", 0, "text")) == 3
    assert lines.of(("a", 0, "other")) == 6
    assert lines.of(("a", 0, "quoted key", "x")) == 8
    assert lines.of(("a", 0, "dotted", "k", 0, "q", 1)) == 10
    assert lines.of(("a", 0, "dotted", "k", 3)) == 13
    assert lines.of(("a", 1)) == 18
    assert lines.of(("a", 1, "list", 1, "deep", "g")) == 25
    assert lines.of(("a", 1, "missing")) == 18


@pytest.mark.parametrize("text", [TRICKY, TRICKY.replace("\n", "\r\n"), EXAMPLE.read_text()])
def test_everything_that_is_read_has_a_line(text: str) -> None:
    lines = Lines(text)

    for place in places(tomllib.loads(text)):
        assert place in lines._lines


# Writing

COMMENTED = """\
# ours
[[endpoint]]
name = "a"  # first
url = "ws://a"
[endpoint.ping]  # often
interval_s = 5   # seconds

[[snippet]]
name = "s"
text = "t"

# the second
[[endpoint]]
url = "b:1?token=t"
tls.ca = "ca.pem"
"""


def rewritten(before: Workspace, *endpoints: EndpointConfig) -> str:
    text = dumps(replace(before, endpoints=endpoints))
    assert loads(text, before.path).endpoints == endpoints
    return text


def test_an_unchanged_workspace_is_written_as_it_was() -> None:
    assert dumps(load(EXAMPLE)) == EXAMPLE.read_text()


def test_a_change_touches_only_its_key() -> None:
    before = loads(COMMENTED.replace("\n# the second", ""))
    a, b = before.endpoints

    text = rewritten(before, changed(a, ping=changed(a.ping, interval_s=7.5)), b)

    assert "interval_s = 7.5   # seconds" in text
    assert "# ours" in text
    assert "[endpoint.ping]  # often" in text


def test_what_becomes_a_default_again_is_left_out() -> None:
    before = loads(COMMENTED)
    a, b = before.endpoints

    text = rewritten(before, changed(a, ping=EndpointConfig(name="", url="").ping), b)

    assert "interval_s" not in text


def test_endpoints_can_be_added_removed_and_rewritten(tmp_path: Path) -> None:
    before = loads(COMMENTED, tmp_path / "w.toml")
    a, b = before.endpoints
    new = EndpointConfig(
        name="new",
        url="wss://n",
        headers={"A": "${B}"},
        preamble=("x",),
        app_heartbeat=AppHeartbeatConfig(correlate=Correlation(path="$.id", equals="${seq}")),
        traffic=TrafficConfig(messages=("a", "b"), every_s=1.0),
        retry=changed(a.retry, rule=(RetryRule(codes="4000", then="slow"),)),
        tls=changed(a.tls, ca=str(tmp_path / "certs/x.pem")),
    )

    text = rewritten(before, b, new)

    assert 'ca = "certs/x.pem"' in text
    assert "# often" not in text
    rewritten(before, changed(a, headers={"X": "1"}, app_heartbeat=AppHeartbeatConfig()), b, a_copy(a))


def a_copy(endpoint: EndpointConfig) -> EndpointConfig:
    return changed(endpoint, name=f"{endpoint.name} copy")


def test_a_workspace_is_saved_whole_and_elsewhere_keeps_its_certificates(tmp_path: Path) -> None:
    here, there = tmp_path / "here" / "w.toml", tmp_path / "there" / "w.toml"
    here.parent.mkdir()
    there.parent.mkdir()
    here.write_text(COMMENTED)
    before = load(here)

    after = save(before, there)

    assert after.endpoints == before.endpoints
    assert after.path == there
    assert [path.name for path in there.parent.iterdir()] == ["w.toml"]
    assert here.read_text() == COMMENTED


def test_a_new_workspace_needs_a_path(tmp_path: Path) -> None:
    new = Workspace(endpoints=(EndpointConfig(name="ws://h", url="ws://h"),), snippets=(Snippet(name="a", text="b"),))

    with pytest.raises(ValueError, match="needs a path"):
        save(new)
    saved = save(new, tmp_path / "new.toml")

    assert (saved.endpoints, saved.snippets) == (new.endpoints, new.snippets)


SNIPPETS = """\
[[endpoint]]
url = "ws://h"

# to log in
[[snippet]]
name = "login"  # once
text = "hello"

# every minute
[[snippet]]
name = "beat"
text = '{"op": "beat"}'  # as JSON
format = "json"
"""


def test_a_renamed_snippet_keeps_its_place_and_its_comments() -> None:
    before = loads(SNIPPETS)
    login, beat = before.snippets

    text = dumps(replace(before, snippets=(changed(login, name="log in"), beat)))

    assert text == SNIPPETS.replace('"login"', '"log in"')


def test_a_snippet_that_was_saved_over_keeps_its_place_and_its_comments() -> None:
    before = loads(SNIPPETS)
    login, beat = before.snippets

    text = dumps(replace(before, snippets=(login, changed(beat, text="00 ff", format="hex"))))

    assert text == SNIPPETS.replace('\'{"op": "beat"}\'', '"00 ff"').replace('"json"', '"hex"')


def test_a_deleted_snippet_goes_and_everything_else_stays() -> None:
    before = loads(SNIPPETS)

    text = dumps(replace(before, snippets=before.snippets[:1]))

    assert loads(text).snippets == before.snippets[:1]
    for kept in ("# to log in", "# once", "[[endpoint]]"):
        assert kept in text


@given(snippet_text=st.text(max_size=60), name=st.text(min_size=1, max_size=20))
def test_any_text_comes_back_as_it_was_saved(snippet_text: str, name: str) -> None:
    before = loads(SNIPPETS)
    new = Snippet(name=f"n{name}" if name.isprintable() else "n", text=snippet_text)

    saved = loads(dumps(replace(before, snippets=(*before.snippets, new))))

    assert saved.snippets == (*before.snippets, new)
    again = loads(dumps(replace(saved, snippets=(new, *before.snippets[1:]))))
    assert again.snippets == (new, *before.snippets[1:])


MIXED = """\
# all of it
[[endpoint]]
url = "ws://a"  # first
[endpoint.ping]
interval_s = 5

# to log in
[[snippet]]
name = "login"
text = "hello"  # polite

# the second
[[endpoint]]
url = "ws://b"
"""


def test_tables_that_alternate_stay_where_they_are() -> None:
    read = loads(MIXED)
    assert dumps(read) == MIXED

    login = changed(read.snippets[0], text="good morning")
    assert dumps(replace(read, snippets=(login,))) == MIXED.replace('"hello"', '"good morning"')


def test_what_is_new_stands_behind_the_last_of_its_kind() -> None:
    read = loads(MIXED)

    text = dumps(replace(read, snippets=(*read.snippets, Snippet(name="x", text="y"))))

    assert text.replace('\n[[snippet]]\nname = "x"\ntext = "y"\n', "") == MIXED
    assert text.index("polite") < text.index('"x"') < text.index("# the second")


def test_a_removed_table_takes_its_comment_along() -> None:
    read = loads(MIXED)

    text = dumps(replace(read, endpoints=read.endpoints[:1]))

    assert loads(text).endpoints == read.endpoints[:1]
    assert loads(text).snippets == read.snippets
    assert text == MIXED.partition("\n# the second")[0]


def test_a_part_of_a_table_that_stands_elsewhere_still_belongs_to_it() -> None:
    scattered = MIXED + '[[snippet]]\nname = "s"\ntext = "t"\n[endpoint.retry]\nbase_s = 1\n'
    read = loads(scattered)
    other = changed(read.snippets[0], text="good morning")

    again = loads(dumps(replace(read, snippets=(other, *read.snippets[1:]))))

    assert again.endpoints == read.endpoints
    assert again.snippets[0].text == "good morning"
