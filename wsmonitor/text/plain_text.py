"""Text from a peer is data: shown as what it is, on one line, with a bounded length."""

import unicodedata

_NAMED = {"\n": "⏎", "\r": "␍", "\t": "⇥"}


def visible(text: str, limit: int = 200) -> str:
    """`text` with control, format and bidi characters made visible, cut to `limit` characters.

    C0 controls become their pictures (U+2400), other invisible characters `<U+202E>`, lone
    surrogates U+FFFD; a cut is shown as `…`. The result is safe to put into a terminal or a
    plain-text label.
    """
    cut = len(text) > limit
    shown = text[:limit] if cut else text
    if not shown.isprintable():
        shown = "".join(map(_visible_character, shown))
    return shown + "…" if cut else shown


def preview(payload: bytes, limit: int = 200) -> str:
    """The head of a message's bytes as `visible` text; bytes that are no UTF-8 become U+FFFD."""
    return visible(payload[: limit * 4].decode("utf-8", "replace"), limit)


def _visible_character(character: str) -> str:
    if character.isprintable():
        return character
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) == "Cs":
        return "\ufffd"
    if character == "\u200d":  # joins emoji; harmless by itself
        return character
    return f"<U+{code:04X}>"
