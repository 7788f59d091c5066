"""What the window says of a tap. Pure."""

from urllib.parse import urlsplit

from wsmonitor.analysis.endpoints.tap_fold import FaultOn, TapView
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.settings.tap_faults import fault_kind
from wsmonitor.text import units
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


def faults_line(tap: TapView, now_ns: int) -> str:
    """`On the way: Latency 100ms (12 s), Drop pongs (3 s)`; empty where nothing is on."""
    if not tap.faults:
        return ""
    return f"On the way: {', '.join(_fault(one, now_ns) for one in tap.faults)}"


def _fault(one: FaultOn, now_ns: int) -> str:
    words = f"{fault_kind(one.kind).title} {one.argument}".strip()
    return f"{words} ({units.short_duration(max(0, now_ns - one.since_ns))})"
