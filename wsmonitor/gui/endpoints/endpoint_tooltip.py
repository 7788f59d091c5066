"""Tooltips of the endpoint table. Pure."""

from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui.endpoints.endpoint_model import TITLES, Column, cell_text, endpoint_title
from wsmonitor.gui.look import words
from wsmonitor.gui.look.tooltip import plain
from wsmonitor.gui.tables.ending_cells import details
from wsmonitor.text.plain_text import visible


def endpoint_tooltip(view: EndpointView, column: Column, now_ns: int, snapshot: Snapshot | None) -> str:
    """What the cell in `column` has to say beyond its text, to be shown as it is."""
    return plain(_text(view, column, now_ns, snapshot))


def _text(view: EndpointView, column: Column, now_ns: int, snapshot: Snapshot | None) -> str:
    match column:
        case Column.ENDPOINT:
            unsafe = "\nTLS certificate is not verified" if view.tls_unverified else ""
            proxy = f"\nThrough the proxy {view.proxy}: timings describe the proxy" if view.proxy else ""
            return f"{endpoint_title(view)}\n{visible(view.url, 300)}{unsafe}{proxy}"
        case Column.STATE:
            why = f"\n{visible(view.cause, 300)}" if view.cause else ""
            ordered = f"\nForced at the next opening: {', '.join(view.ordered)}" if view.ordered else ""
            return f"{cell_text(view, column, now_ns)}{why}{ordered}"
        case Column.LAST_CLOSE if view.last_closure is not None:
            return "" if snapshot is None else details(view.last_closure, snapshot)
        case Column.LAST_CLOSE if view.last_failure is not None:
            return f"{words.failure(view)}\n{visible(view.last_failure.error, 300)}"
        case Column.BUFFERED:
            limit = f" of {view.buffered_limit:,}" if view.buffered_limit else ""
            return f"{view.buffered:,}{limit} messages, {words.size(view.buffered_bytes)}; {view.dropped:,} dropped"
        case _:
            return f"{TITLES[column]}: {cell_text(view, column, now_ns)} (WebSocket ping)"
