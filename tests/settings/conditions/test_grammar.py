"""What a filter's text says, and what is said of a text that is none."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.analysis.filters.fields import FIELDS
from wsmonitor.settings.conditions.grammar import (
    DEEPEST,
    LONGEST,
    AllOf,
    AnyOf,
    AtPath,
    Compared,
    Expression,
    FilterError,
    Node,
    Not,
    Word,
    parse,
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("rx & size>1k", AllOf((Word("rx"), Compared("size", ">", "1k")))),
        ("rx size > 1k", AllOf((Word("rx"), Compared("size", ">", "1k")))),
        ("code:1011 && lived<10s", AllOf((Compared("code", ":", "1011"), Compared("lived", "<", "10s")))),
        ("code=1011", Compared("code", "==", "1011")),
        ('$.type == "tick"', AtPath("$.type", "==", "tick", is_quoted=True)),
        ("$.a['b c'][0]", AtPath("$.a['b c'][0]")),
        ("reason ~ /mem.*y/", Compared("reason", "~", "mem.*y", is_expression=True)),
        ("a | b c", AnyOf((Word("a"), AllOf((Word("b"), Word("c")))))),
        ("(a | b) c", AllOf((AnyOf((Word("a"), Word("b"))), Word("c")))),
        ("!ping", Not(Word("ping"))),
        ("not found", AllOf((Word("not"), Word("found")))),
        ('"out of memory"', Word("out of memory", is_quoted=True)),
        ("/a b/", Expression("a b")),
        ("/a/b/", Expression("a/b")),
        ("/a b", Expression("a b")),
        ("(/a/)", Expression("a")),
        ("ws://host:80/path", Word("ws://host:80/path")),
        ('{"type":"tick"}', Word('{"type":"tick"}')),
        ('"type":"tick"', Word('"type":"tick"')),
        ("f(x)", Word("f(x)")),
        ("nope)", Word("nope)")),
        ("$5", Word("$5")),
        ("  ", None),
    ],
)
def test_a_text_means(text: str, meaning: Node | None) -> None:
    assert parse(text, FIELDS) == meaning


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("size >", "expected a value after size >, found nothing"),
        ("cod:1011", "no field cod: did you mean code?"),
        ("x > 3", "no field x: the fields are size"),
        ("a &", "expected a word, a field or $.path, found nothing"),
        ("a | | b", "expected a word, a field or $.path, found '| b'"),
        ("(a", "no ) closes"),
        ('reason == "a', 'a " is open'),
        ("/(/", "not a regular expression: missing ), unterminated subpattern at position 0"),
        (r"/(a)\1/", "not a regular expression"),
        ("x" * (LONGEST + 1), "at most 2,000 characters"),
        ("!" * (DEEPEST + 1) + "x", "within each other"),
        ("(" * (DEEPEST + 1) + "x", "within each other"),
    ],
)
def test_what_is_no_filter_is_told_why(text: str, said: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text, FIELDS)

    assert said in str(raised.value)


_SIGNS = ["$.a", "$.a[0]", "==", "!=", "rx", "ping", "1k", "10s", "x", "/a+/", "[", "(?", "é", *'&|!()/"$\\ ~:<>=']
pieces = st.lists(st.sampled_from([*FIELDS, *_SIGNS]), max_size=24).map("".join)


@given(text=pieces | st.text(max_size=60))
def test_any_text_is_a_filter_or_is_told_why_not(text: str) -> None:
    said = ""
    try:
        node = parse(text, FIELDS)
    except FilterError as error:
        said = str(error)
        node = None

    assert node is not None or said or not text.strip()


def test_every_field_is_explained_where_filters_are() -> None:
    lines = (Path(__file__).parents[3] / "docs" / "filters.md").read_text("utf-8").splitlines()

    explained = [line for line in lines if re.match(r"\| `\w+` \| (count|size|duration|text) \|", line)]

    assert explained == [f"| `{name}` | {field.kind} | {field.meaning} |" for name, field in FIELDS.items()]
