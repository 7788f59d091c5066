"""Searching in linear time: what `re` finds, without what a peer's text can do to it."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.text.linear_regex import NODES_LIMIT, LinearRegex, contains

ATOMS = ("a", "b", "\\n", ".", "[ab]", "[^a]", "\\d", "\\w", "\\b", "^", "$", "\\A", "\\Z", "A", "1")
patterns = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(("*", "+", "?", "*?", "+?", "{2}", "{1,3}", "{0,2}?", "{2,}"))).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)
flags = st.sampled_from(("", "(?i)", "(?m)", "(?s)", "(?a)", "(?ims)"))


@given(flags, patterns, st.text(alphabet="abAB1 \n\u00e4\u0130", max_size=12))
def test_it_finds_what_re_finds(flag: str, pattern: str, text: str) -> None:
    automaton = LinearRegex(flag + pattern)
    automaton._cheap_length = 0

    assert automaton.search(text) is (re.search(flag + pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "length"),
    [("ab[cd]", 4_194_304), (r"\d+ms", 2_048), ("(ab|cd).*e", 161), ("a*b*c*", 45), ("(a+)+", 0), ("(a|ab)*", 0)],
)
def test_re_searches_only_texts_in_which_it_cannot_take_long(pattern: str, length: int) -> None:
    assert LinearRegex(pattern)._cheap_length == pytest.approx(length, abs=1)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r'"type":\s*"pong"', '{"type":  "pong"}', True),
        (r'^\{"op":(?:1|11)\b', '{"op":11}', True),
        (r"(?i:PONG)$", "ping\npong\n", True),
        (r"(?i)a(?-i:b)", "AB", False),
        (r"(?i)stra\u00dfe", "STRA\u00dfE", True),
        (r"", "", True),
        (r"x", "", False),
    ],
)
def test_what_users_write_means_what_it_means_in_re(pattern: str, text: str, found: bool) -> None:
    assert contains(text, pattern) is found
    assert (re.search(pattern, text) is not None) is found


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(unfinished", "missing \\)"),
        (r"(a)\1", "groupref is not understood"),
        ("a(?=b)", "assert is not understood"),
        ("(?<!a)b", "assert not is not understood"),
        ("(?>a+)b", "atomic group is not understood"),
        ("a++b", "possessive repeat is not understood"),
        ("(?:a{99}){99}", f"more than {NODES_LIMIT} steps"),
        ("(?:){4000000000}" + "(?:a?){4000000000}", f"more than {NODES_LIMIT} steps"),
    ],
)
def test_what_cannot_be_searched_for_in_linear_time_is_refused_in_words(pattern: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        LinearRegex(pattern)
    assert not contains("a", pattern)


class Counted:
    """An automaton whose work is counted."""

    def __init__(self, pattern: str) -> None:
        self.regex = LinearRegex(pattern)
        self.regex._cheap_length = 0
        self.visits = 0
        step = self.regex._step

        def counting(*key: object) -> object:
            found, visits = step(*key)  # type: ignore[arg-type]
            self.visits += visits
            return found, visits

        self.regex._step = counting  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(?:a?){20}a{20}b", "(.*)*(.*)*(.*)*x", "a+b"])
def test_what_takes_re_hours_is_answered_after_a_few_steps(pattern: str) -> None:
    counted = Counted(pattern)

    assert not counted.regex.search("a" * 60_000 + "!")
    assert counted.visits < 10_000


def test_where_nothing_repeats_it_gives_up_after_a_bounded_work() -> None:
    chance = random.Random(1)
    counted = Counted("(?:a|b)*a(?:a|b){200}c")

    assert not counted.regex.search("".join(chance.choice("ab") for _ in range(60_000)))
    assert counted.visits < 200_000
    assert len(counted.regex._steps) <= 4_096
