"""What is said of us is said of the user's client where a tap watches it."""

import pytest

from wsmonitor.text.wording.viewpoint import of_your_client


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("without a byte from this side: a timer", "without a byte from your client: a timer"),
        ("silent: server 20 s, we 20 s", "silent: server 20 s, your client 20 s"),
        ("our first message had left", "your client's first message had left"),
        ("Each time that we open another", "Each time that your client opens another"),
        ("a message of ours came just before", "a message of your client came just before"),
        ("of our own pings 3 were answered", "of your client's pings 3 were answered"),
        ("The server says that we broke the protocol", "The server says that your client broke the protocol"),
        ("no ping of it ever reached us", "no ping of it ever reached your client"),
        ("no message has come since ours", "no message has come since your client's"),
    ],
)  # fmt: skip
def test_we_are_your_client(ours: str, theirs: str) -> None:
    assert of_your_client(ours) == theirs


@pytest.mark.parametrize(
    "text",
    [
        "our own loop was in time",
        "our kernel gave up retransmitting",
        "kernel samples in the silence before we gave up",
        "the server says “we are closing our doors”",
        "the hour of the towers",
    ],
)
def test_what_is_about_this_process_or_was_said_by_a_peer_stays(text: str) -> None:
    assert of_your_client(text) == text
