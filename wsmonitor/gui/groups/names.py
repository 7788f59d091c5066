"""How several connections in one picture are told apart, and called together. Pure."""

from collections.abc import Sequence

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.gui.look.words import client_title, endpoint_title
from wsmonitor.plots.overlay import MOST
from wsmonitor.text.plain_text import visible


def names_of(views: Sequence[EndpointView]) -> list[str]:
    """What tells these connections apart: clients of one tap by their programs, others by their endpoints."""
    is_one = len({view.name for view in views}) == 1
    return [client_title(view) if is_one and view.client is not None else endpoint_title(view) for view in views]


def title_of(views: Sequence[EndpointView]) -> str:
    """What they are called together."""
    if len(views) == 1:
        return endpoint_title(views[0])
    names = {view.name for view in views}
    of = f"{visible(views[0].name, 80)} · " if len(names) == 1 else ""
    what = "clients" if len(names) == 1 and views[0].tap is not None else "connections"
    return f"{of}{len(views)} {what}{f', the first {MOST}' if len(views) > MOST else ''}"
