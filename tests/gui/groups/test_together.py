"""What several connections come to together."""

import pytest

from tests.gui.story import ENDPOINTS, at_ns
from tests.gui.tap.story import SHOP, came, listening
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import WHOLE, State, StateChanged
from wsmonitor.gui.groups.together import together, view_of


@pytest.fixture
def analyzer() -> Analyzer:
    """A tap with two clients, of which one went, and an endpoint of our own that is open."""
    analyzer = Analyzer(0, 0)
    for config in (SHOP, ENDPOINTS[0]):
        analyzer.add_endpoint(config)
    went = StateChanged(at_ns=at_ns(2), endpoint="shop", slot=1, connection=2, old=State.OPEN, new=State.IDLE)
    own = StateChanged(at_ns=at_ns(1), endpoint=ENDPOINTS[0].name, connection=1, old=State.IDLE, new=State.OPEN)
    analyzer.feed([listening(), *came(0, "node", 8121), *came(1, "chrome", 8200), went, own])
    return analyzer


def test_clients_of_a_tap_and_connections_of_our_own_are_counted_alike(analyzer: Analyzer) -> None:
    views = analyzer.snapshot(at_ns(10)).endpoints

    whole = together(views)

    assert (whole.members, whole.members_open) == (3, 2)
    assert whole.state is State.OPEN
    assert whole.slot == WHOLE


def test_the_row_of_a_tap_is_about_its_clients_alone(analyzer: Analyzer) -> None:
    snapshot = analyzer.snapshot(at_ns(10))

    whole = view_of(("shop", WHOLE), snapshot)

    assert whole is not None
    assert (whole.members, whole.members_open) == (2, 1)
    assert view_of(("gone", WHOLE), snapshot) is None
