"""The body of an HTTP answer in words: a page is told by its title, or without its markup."""

import re
from html import unescape

_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>?")
_READ = 4_096


def page_text(body: str) -> str:
    """What the first characters of `body` say to people, on one line; not made safe to show."""
    body = body[:_READ].strip()
    if body.startswith("<"):
        title = _TITLE.search(body)
        body = unescape(title[1] if title and title[1].strip() else _TAG.sub(" ", body))
    return " ".join(body.split())
