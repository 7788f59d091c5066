"""Every scenario has a row in the end-to-end matrix, and every row can be run."""

from urllib.parse import parse_qsl

import pytest

from tests.end_to_end.expectations import Row, endpoint_of, rows
from wsmonitor.facts.events import Verdict
from wsmonitor.lab.parameters import read
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.scenarios import SCENARIOS

ROWS = rows()
LOADED = load_scenarios()


@pytest.mark.parametrize("name", [name.rpartition(".")[2] for name in SCENARIOS])
def test_a_scenario_has_a_row(name: str) -> None:
    assert name in {row.scenario for row in ROWS}, "add a [[row]] to tests/end_to_end/expectations.toml"


def test_no_two_rows_share_a_url() -> None:
    names = [row.name for row in ROWS]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_asks_for_parameters_that_exist_and_states_what_its_outcome_has(row: Row) -> None:
    scenario = LOADED[row.scenario]

    read(scenario.parameters, parse_qsl(row.query, keep_blank_values=True))
    endpoint = endpoint_of(row, f"ws://127.0.0.1:1/{row.scenario}")

    assert endpoint.name == row.name
    assert set(row.verdict) <= set(Verdict.__struct_fields__)
    assert bool(row.verdict) == (row.outcome == "closed")
    assert bool(row.open_failed) == (row.outcome == "open_failed")
    assert set(row.open_failed) <= {"phase", "status", "fatal"}
    assert 1 <= row.limit_s <= 8
