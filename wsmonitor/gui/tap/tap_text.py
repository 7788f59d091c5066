"""What the window says of a tap. Pure."""

from urllib.parse import urlsplit

from wsmonitor.analysis.endpoints.tap_fold import TapView
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_url


def heading(view: EndpointView, tap: TapView) -> str:
    """Where the tap listens and leads, or why it does not."""
    upstream = visible(redact_url(view.url), 200)
    if not tap.url:
        why = f": {visible(view.cause, 200)}" if view.cause else ""
        return f"This tap does not listen{why}. It leads to {upstream}"
    return f"Give {tap.url} to your client; it leads to {upstream}"


def steps(tap: TapView) -> tuple[str, ...]:
    """Three lines that bring a client here; none while nobody could come."""
    if not tap.url:
        return ()
    page = urlsplit(tap.url)._replace(scheme="https" if tap.url.startswith("wss:") else "http").geturl()
    return (
        f"1. Where your program has the server's address, put {tap.url} instead; path and query stay.",
        f"2. A web page that connects to its own server: open the page itself through the tap, at {page}",
        "3. Start the program. Each client gets a row here, with its name and pid where the machine tells.",
    )
