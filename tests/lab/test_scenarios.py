"""The contract of every registry entry."""

import logging

import pytest

from tests.lab.claims import claim_of
from tests.lab.conftest import OWN_PROCESS
from tests.lab.raw_client import RawClient
from wsmonitor.lab.parameters import read
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.scenario import Scenario
from wsmonitor.lab.scenarios import SCENARIOS
from wsmonitor.lab.server import Lab

LOADED = load_scenarios()
NAMES = [name.rpartition(".")[2] for name in SCENARIOS]


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_loads_and_says_in_one_line_what_it_does(name: str) -> None:
    scenario = LOADED[name]

    assert (scenario.id, bool(scenario.group)) == (name, True)
    assert scenario.hint.endswith((".", "?", "(Linux)."))
    assert "\n" not in scenario.hint
    assert 15 <= len(scenario.hint) <= 125
    assert scenario.run or scenario.open_port


@pytest.mark.parametrize("scenario", LOADED.values(), ids=LOADED)
def test_defaults_are_what_the_parameters_say_they_are(scenario: Scenario) -> None:
    described = scenario.described_parameters()

    explicit = read(scenario.parameters, [(it.name, it.default) for it in described])

    assert explicit == read(scenario.parameters, ())
    assert all(it.about and it.expected for it in described)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OWN_PROCESS])
async def test_it_does_on_the_wire_what_it_claims(name: str, lab: Lab) -> None:
    await claim_of(name)(lab.urls[name])


@pytest.mark.parametrize("name", OWN_PROCESS)
async def test_a_process_of_its_own_does_what_it_claims_and_ends_with_the_lab(name: str) -> None:
    lab = Lab({name: LOADED[name]})
    await lab.start()
    try:
        await claim_of(name)(lab.urls[name])
    finally:
        await lab.stop()

    with pytest.raises(ConnectionRefusedError):
        await RawClient.dial(lab.urls[name])


@pytest.mark.expects_log("wsmonitor.lab.registry")
def test_a_broken_entry_is_reported_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        loaded = load_scenarios(["echo", "no_such_file", "fin"])

    assert list(loaded) == ["echo", "fin"]
    assert "no_such_file" in caplog.text
