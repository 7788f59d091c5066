"""Placeholders: what is replaced, what is escaped, and what is refused."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.placeholders import environment_mistakes, fill_environment, fill_message, message_mistakes

NOON_NS = 1_700_000_000_123_456_789


def message(text: str, *, seq: int = 3, **environ: str) -> str:
    return fill_message(text, seq=seq, now_wall_ns=NOON_NS, connection=2, environ=environ, new_uuid=lambda: "0f-uuid")


def test_every_name_of_a_message_is_filled_in() -> None:
    assert message("${seq} ${ts_ms} ${iso} ${uuid} ${conn} ${env:WHO}", WHO="me") == (
        "3 1700000000123 2023-11-14T22:13:20.123Z 0f-uuid 2 me"
    )


def test_one_sending_has_one_uuid() -> None:
    numbers = iter(range(9))

    filled = fill_message(
        "${uuid} ${uuid}", seq=1, now_wall_ns=0, connection=0, environ={}, new_uuid=lambda: str(next(numbers))
    )

    assert filled == "0 0"


def test_a_literal_is_written_with_two_dollars() -> None:
    assert message("$${seq} costs $5, ${seq}") == "${seq} costs $5, 3"
    assert fill_environment("$${HOME}", os.environ) == "${HOME}"


@given(st.text(), st.sampled_from(['{"a":"%s"}', '["x\\"", {"b": "-%s-"}]', '42["event","%s"]', '"%s"']))
def test_values_inside_strings_of_json_are_escaped(value: str, template: str) -> None:
    filled = message(template % "${env:VALUE}", VALUE=value)

    assert json.loads(filled.removeprefix("42")) == json.loads(
        (template % "VALUE").removeprefix("42").replace("VALUE", json.dumps(value)[1:-1])
    )


def test_values_outside_strings_of_json_are_inserted_as_they_are() -> None:
    assert message('{"n": ${seq}, "o": ${env:OBJECT}}', OBJECT='{"a":1}') == '{"n": 3, "o": {"a":1}}'


def test_text_that_is_no_json_is_not_escaped() -> None:
    assert message('say "${env:WHAT}"', WHAT='a"b') == 'say "a"b"'


@given(st.text(alphabet=st.characters(exclude_characters="$")))
def test_text_without_placeholders_stays_as_it_is(text: str) -> None:
    assert message(text) == text
    assert fill_environment(text, {}) == text


@pytest.mark.parametrize("text", ["${sqe}", "${TOKEN}", "${", "${}", "${env:}", "${env:A B}", "x ${seq"])
def test_an_unknown_placeholder_is_refused_before_and_at_sending(text: str) -> None:
    assert len(message_mistakes(text)) == 1
    with pytest.raises(SettingsError):
        message(text)


def test_a_near_miss_is_named() -> None:
    assert "did you mean ${seq}?" in message_mistakes("${sqe}")[0]
    assert "did you mean ${env:TOKEN}?" in message_mistakes("${TOKEN}")[0]


def test_every_missing_variable_is_named_once() -> None:
    with pytest.raises(SettingsError) as caught:
        fill_environment("${A}${B}${A}${C}", {"C": ""})

    assert [problem.split()[3] for problem in caught.value.problems] == ["A", "B"]


@pytest.mark.parametrize("text", ["${env:A}", "${1}", "${A-B}", "${", "a${B"])
def test_settings_know_only_names_of_variables(text: str) -> None:
    assert len(environment_mistakes(text)) == 1
    with pytest.raises(SettingsError):
        fill_environment(text, os.environ)
