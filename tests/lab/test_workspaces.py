"""The workspace files that come with the lab can be opened and lead to scenarios that exist."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from wsmonitor.lab.parameters import read
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.settings import workspace

RESOURCES = Path(__file__).parents[2] / "resources"
STORIES = [RESOURCES / "stories" / f"story{number}.toml" for number in range(1, 6)]


@pytest.mark.parametrize("file", [RESOURCES / "lab.toml", *STORIES], ids=lambda file: file.name)
def test_every_endpoint_leads_to_a_scenario_with_parameters_that_exist(file: Path, tmp_path: Path) -> None:
    filled = tmp_path / file.name
    filled.write_text(file.read_text("utf-8").replace("${LAB_PORT}", "8765"), "utf-8")

    endpoints = workspace.load(filled).endpoints

    for endpoint in endpoints:
        url = urlsplit(endpoint.url)
        name = url.path.strip("/")
        read(load_scenarios([name])[name].parameters, parse_qsl(url.query))
        assert url.port == 8765


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.name)
def test_a_story_shows_one_client_against_the_failure_and_against_the_fixed_server(file: Path, tmp_path: Path) -> None:
    filled = tmp_path / file.name
    filled.write_text(file.read_text("utf-8").replace("${LAB_PORT}", "8765"), "utf-8")

    failing, fixed = workspace.load(filled).endpoints

    assert urlsplit(fixed.url).path == "/reference"
    assert "caled" in file.read_text("utf-8"), "says in a comment what was scaled"
    for name in ("ping", "app_heartbeat", "traffic", "preamble", "retry", "connections"):
        assert getattr(failing, name) == getattr(fixed, name)
