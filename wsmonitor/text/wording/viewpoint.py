"""What is said of "us" on a connection of ours, said of the user's client on one that a tap watches.

Rules word what they find from the side of the client; on a tap that is another program. What is about this machine or
this process stays, and so does what a peer said, which stands in quotation marks.
"""

import re

_QUOTED = re.compile(r"(“[^”]*”)")
_OWN = r"(?!own loop|loop|kernel|limit|write buffer|buffer|timeout|dials)"
_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\bwe (send|offer|open)\b", r"your client \1s"),
        (r"\bWe (send|offer|open)\b", r"Your client \1s"),
        (r"\bof ours\b", "of your client"),
        (r"\bthis (?:side|client)\b", "your client"),
        (rf"\bour {_OWN}(?:own )?", "your client's "),
        (rf"\bOur {_OWN}(?:own )?", "Your client's "),
        (r"\bsince ours\b", "since your client's"),
        (r"\breached us\b", "reached your client"),
        (r"\bwe\b(?! gave up| looked)", "your client"),
        (r"\bWe\b", "Your client"),
    )
)


def of_your_client(text: str) -> str:
    """`text` from the viewpoint of a tap: "our first message" is "your client's first message"."""
    parts = _QUOTED.split(text)
    for at in range(0, len(parts), 2):
        for pattern, words in _WORDS:
            parts[at] = pattern.sub(words, parts[at])
    return "".join(parts)
