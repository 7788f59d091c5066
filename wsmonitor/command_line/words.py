"""The kinds of values that words and options of the command line can have."""

from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.checks import parse_duration
from wsmonitor.settings.websocket_url import parse_url


class Target(Struct, frozen=True):
    """A word of the command line: a URL, or a file that is to be opened."""

    url: str = ""
    file: Path | None = None


class TargetType(click.ParamType[Target]):
    """A URL as `websocket_url` understands it, or an existing `*.toml` or `*.wsmon` file."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Target:
        if isinstance(value, Target):
            return value
        path = Path(value)
        if path.suffix.lower() in (".toml", ".wsmon") and "://" not in value:
            if path.is_file():
                return Target(file=path)
            if path.suffix.lower() == ".wsmon" or "/" in value:
                self.fail(f"there is no file {value!r}", param, ctx)
        try:
            return Target(url=parse_url(value))
        except SettingsError as error:
            self.fail(str(error), param, ctx)


class Duration(click.ParamType[float]):
    """Seconds, written as `500ms`, `20s`, `2m`, `1h` or a plain number of seconds."""

    name = "duration"

    def __init__(self, minimum_s: float = 0.0) -> None:
        self.minimum_s = minimum_s

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            seconds = parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds < self.minimum_s or seconds <= 0:
            least = f"at least {self.minimum_s:g}s" if self.minimum_s else "more than 0"
            self.fail(f"expected a duration of {least}, found {value!r}", param, ctx)
        return seconds


class ConditionText(click.ParamType[str]):
    """One of some words, or the condition of an alert."""

    name = "condition"

    def __init__(self, *words: str) -> None:
        self._words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from wsmonitor.settings.conditions.condition import condition_mistake

        text = " ".join(str(value).split())
        if text not in self._words and (mistake := condition_mistake(text)):
            words = f"expected {', '.join(self._words)} or a condition: " if self._words else ""
            self.fail(f"{words}{mistake} (docs/alerts.md)", param, ctx)
        return text


TARGET = TargetType()
DURATION = Duration()
