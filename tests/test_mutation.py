"""The score of `make mutation`, read from what the tool lists."""

from tools.mutation import report

LISTED = """
    wsmonitor.a.xǁBoxǁput__mutmut_1: killed
    wsmonitor.a.xǁBoxǁput__mutmut_2: survived
    wsmonitor.a.x_free__mutmut_1: timeout
    wsmonitor.b.x_free__mutmut_1: no tests
    wsmonitor.b.x_free__mutmut_2: not checked
"""


def test_what_runs_for_ever_is_noticed_and_what_no_test_reaches_is_not() -> None:
    score, lines = report(LISTED)

    assert score == 0.5
    assert [" ".join(line.split()) for line in lines] == [
        "66.7% of 3 wsmonitor.a: 1 survived",
        "0.0% of 1 wsmonitor.b: 1 no tests",
        "50.0% of 4 all: 1 no tests, 1 survived",
    ]


def test_without_a_result_there_is_no_score() -> None:
    assert report("")[0] == 0.0
