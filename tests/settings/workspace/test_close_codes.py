"""What a workspace says of close codes: of all its endpoints, and of one."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.endpoint_settings import EndpointConfig, OwnCloseCode
from wsmonitor.settings.workspace import Workspace, dumps, loads

BOTH = """\
[[endpoint]]
url = "ws://a"

# what the lobby means
[[endpoint.close_code]]
code = 4001  # the first
name = "lobby closed"
reconnect = "slow"

[[endpoint]]
url = "ws://b"

# everywhere
[[close_code]]
code = 4001
name = "token expired"  # at night
meaning = "log in again"
reconnect = "no"

[[close_code]]
code = 4002
name = "maintenance"
"""
TOKEN = OwnCloseCode(code=4001, name="token expired", meaning="log in again", reconnect="no")
MAINTENANCE = OwnCloseCode(code=4002, name="maintenance")
LOBBY = OwnCloseCode(code=4001, name="lobby closed", reconnect="slow")


def problems_of(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        loads(text)
    return list(caught.value.problems)


def test_codes_of_the_workspace_hold_for_every_endpoint_and_an_endpoint_s_own_go_first() -> None:
    read = loads(BOTH)
    a, b = read.endpoints

    assert read.close_codes == (TOKEN, MAINTENANCE)
    assert (a.close_code, a.shared_close_code) == ((LOBBY,), read.close_codes)
    assert [a.codes.name(4001), a.codes.name(4002)] == ["lobby closed", "maintenance"]
    assert [b.codes.name(4001), b.codes.course(4001)] == ["token expired", "stop"]
    assert b.codes.name(4003) == "private use"


def test_every_mistake_in_close_codes_is_reported_at_once_with_its_line() -> None:
    problems = problems_of(
        "[[close_code]]\n"
        "code = 1000\n"
        'name = "x"\n'
        "[[close_code]]\n"
        'code = "4000"\n'
        'name = ""\n'
        'reconnect = "maybe"\n'
        "[[close_code]]\n"
        "code = 4001\n"
        f'name = "{"n" * 61}"\n'
        f'meaning = "{"m" * 301}"\n'
        "[[endpoint]]\n"
        'url = "ws://a"\n'
        "shared_close_code = []\n"
        "[[endpoint.close_code]]\n"
        "code = 4002\n"
        'name = "a\\u0007b"\n'
        "[[endpoint.close_code]]\n"
        "code = 4002\n"
        "meanings = 1\n"
    )

    told = [(int(line), rest) for line, rest in (p.removeprefix("workspace line ").split(": ", 1) for p in problems)]
    expected = [
        (2, "expected 4000 to 4999, which the protocol leaves to private agreement, found 1000"),
        (5, 'expected a whole number, found "4000"'),
        (6, "expected a name, found none"),
        (7, 'expected one of "yes", "slow", "no", found "maybe"'),
        (10, "expected at most 60 characters, found 61"),
        (11, "expected at most 300 characters, found 301"),
        (14, "unknown key `shared_close_code`"),
        (17, "one line of text"),
        (18, "expected the key `name`, found none"),
        (19, "expected each code once, found 4002 a second time"),
        (20, "did you mean `meaning`?"),
    ]
    assert [line for line, _ in told] == [line for line, _ in expected]
    for (_, said), (_, words) in zip(told, expected, strict=True):
        assert words in said


def test_a_near_miss_of_the_table_s_name_is_corrected_and_one_bracket_is_not_enough() -> None:
    assert "did you mean [[close_code]]?" in problems_of("[[close_codes]]\ncode = 4000")[0]
    assert "expected [[close_code]] with two brackets" in problems_of("[close_code]\ncode = 4000")[0]


def test_what_did_not_change_is_written_as_it_was() -> None:
    assert dumps(loads(BOTH)) == BOTH


def test_a_changed_code_keeps_comments_and_order_of_the_others() -> None:
    before = loads(BOTH)
    a, b = before.endpoints

    text = dumps(replace(before, close_codes=(changed(TOKEN, reconnect="slow"), MAINTENANCE)))
    assert text == BOTH.replace('reconnect = "no"', 'reconnect = "slow"')

    text = dumps(replace(before, endpoints=(changed(a, close_code=(changed(LOBBY, name="full"),)), b)))
    assert text == BOTH.replace("lobby closed", "full")


def test_codes_can_be_added_to_and_removed_from_the_workspace_and_an_endpoint() -> None:
    before = loads(BOTH)
    a, b = before.endpoints
    new = OwnCloseCode(code=4100, name="kicked", meaning="by a “moderator”", reconnect="no")

    endpoints = (changed(a, close_code=(LOBBY, new)), changed(b, close_code=(new,), connections=2))
    after = loads(dumps(replace(before, endpoints=endpoints, close_codes=(MAINTENANCE, new))))

    assert after.close_codes == (MAINTENANCE, new)
    assert [endpoint.close_code for endpoint in after.endpoints] == [(LOBBY, new), (new,)]
    assert after.endpoints[1].connections == 2

    bare = [changed(endpoint, close_code=()) for endpoint in after.endpoints]
    nothing = dumps(replace(after, endpoints=tuple(bare), close_codes=()))
    assert "close_code" not in nothing
    assert [endpoint.url for endpoint in loads(nothing).endpoints] == ["ws://a", "ws://b"]


def test_codes_in_one_line_are_read_and_written_as_well() -> None:
    before = loads('[[endpoint]]\nurl = "ws://a"\nclose_code = [{ code = 4001, name = "x" }]\n')
    (a,) = before.endpoints

    after = loads(dumps(replace(before, endpoints=(changed(a, close_code=(*a.close_code, MAINTENANCE)),))))

    assert [row.name for row in after.endpoints[0].close_code] == ["x", "maintenance"]


def test_a_new_workspace_says_shared_codes_once() -> None:
    endpoints = tuple(EndpointConfig(name=url, url=url, shared_close_code=(TOKEN,)) for url in ("ws://a", "ws://b"))

    text = dumps(Workspace(endpoints=endpoints, close_codes=(TOKEN,)))

    assert text.count("token expired") == 1
    assert loads(text).endpoints == endpoints
