"""`GET /`: a page that lists the scenarios and lets a browser try them; `GET /scenarios.json`: the same as data.

`GET /stories`: the clients of the failure stories, as a browser plays them.
"""

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Final

from wsmonitor.lab.scenario import Scenario
from wsmonitor.lab.wire.request import response

_Page = Callable[[Mapping[str, Scenario], Mapping[str, str]], bytes]


def listing(scenarios: Mapping[str, Scenario], urls: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every scenario with its URL and parameters, as plain data."""
    return [
        {
            "id": scenario.id,
            "group": scenario.group,
            "hint": scenario.hint,
            "url": urls[scenario.id],
            "parameters": [
                {"name": it.name, "about": it.about, "default": it.default, "expected": it.expected}
                for it in scenario.described_parameters()
            ],
        }
        for scenario in scenarios.values()
    ]


def _html(scenarios: Mapping[str, Scenario], urls: Mapping[str, str]) -> bytes:
    # Inside a script element only "</" could end the data early.
    data = json.dumps(listing(scenarios, urls)).replace("</", "<\\/")
    return _page(_read("page.html").replace("SCENARIOS_JSON", data))


def _stories(scenarios: Mapping[str, Scenario], urls: Mapping[str, str]) -> bytes:
    return _page(_read("stories.html"))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _page(text: str) -> bytes:
    return response(200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())


def _json(scenarios: Mapping[str, Scenario], urls: Mapping[str, str]) -> bytes:
    body = json.dumps(listing(scenarios, urls), indent=1).encode()
    return response(200, {"Content-Type": "application/json"}, body)


PAGES: Final[Mapping[str, _Page]] = {"/": _html, "/scenarios.json": _json, "/stories": _stories}
