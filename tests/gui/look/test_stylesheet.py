"""The style sheet: Qt leaves out what it cannot read, and all that follows, without a word."""

import re

import pytest

from wsmonitor.gui.look.colors import DARK, LIGHT, Theme
from wsmonitor.gui.look.stylesheet import stylesheet

SELECTOR = re.compile(r"Q\w+(#\w+)?(\[\w+=\"[\w ]+\"\])*(::?[\w-]+)*( Q\w+(#\w+)?(::?[\w-]+)*)*")


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_rule_of_the_sheet_is_one_that_qt_can_read(theme: Theme) -> None:
    sheet = re.sub(r"/\*.*?\*/", "", stylesheet(theme))
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", sheet)

    assert len(rules) == sheet.count("{") > 50
    strange = [one for rule in rules for one in rule.split(",") if not SELECTOR.fullmatch(one.strip())]
    assert not strange
