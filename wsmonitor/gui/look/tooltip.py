"""Tooltips that show text as it is: Qt would take anything with tags for rich text."""

from html import escape


def plain(text: str) -> str:
    """`text` as a tooltip, its tags and line breaks shown as what they are."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>"
