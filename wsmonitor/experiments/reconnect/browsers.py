"""Pure: what browsers do by themselves when a connection fails, and what is therefore not the page's doing."""

FIREFOX = ("firefox", "socket process", "web content")
CHROMIUM = ("chrome", "chromium", "msedge", "brave", "opera")
CHROMIUM_SEEN_AFTER = 10
"""Its own delay shows only after about so many failures in a row."""


def delays_from_try(process: str) -> int | None:
    """From which try on the browser itself delays: 1 for Firefox; `None` for a program that is no known browser."""
    name = process.lower()
    if any(name.startswith(one) for one in FIREFOX):
        return 1
    if any(name.startswith(one) for one in CHROMIUM):
        return CHROMIUM_SEEN_AFTER
    return None
