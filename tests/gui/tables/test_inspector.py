"""One message in full: readable where it can be, never misleading."""

import pytest

from wsmonitor.gui.sending.send_tab import encode_message
from wsmonitor.gui.tables.inspector import format_payload


def test_json_is_laid_out_and_other_text_is_left_as_it_is() -> None:
    assert format_payload(b'{"a":[1]}', "Auto", is_text=True) == '{\n  "a": [\n    1\n  ]\n}'
    assert format_payload(b"{not json", "Auto", is_text=True) == "{not json"


def test_bytes_are_shown_as_hex_with_their_letters() -> None:
    assert format_payload(b"\x00Hi\xff", "Auto", is_text=False).split("  ")[:2] == ["000000", "00 48 69 ff"]
    assert format_payload(b"\x00Hi\xff", "Auto", is_text=False).endswith(".Hi.")


def test_characters_that_could_mislead_are_made_visible() -> None:
    text = "one\u202etwo\x1b[2J\nthree"

    assert format_payload(text.encode(), "Text", is_text=True) == "one<U+202E>two␛[2J\nthree"


def test_what_was_asked_to_be_json_and_is_none_says_so() -> None:
    assert format_payload(b"{", "JSON", is_text=True).startswith("not JSON: ")


@pytest.mark.parametrize(("text", "kind"), [("4g", "Hex"), ("{", "JSON")])
def test_a_message_that_is_not_what_it_claims_is_not_sent(text: str, kind: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        encode_message(text, kind)


def test_what_is_typed_is_sent_unchanged() -> None:
    assert encode_message(' {"a" : 1} ', "JSON") == (b' {"a" : 1} ', True)
    assert encode_message("48 69", "Hex") == (b"Hi", False)


def test_lines_of_bytes_are_as_long_as_there_is_room_for() -> None:
    for width, many in ((80, 16), (73, 16), (60, 8), (30, 4), (10, 4)):
        (first, *_) = format_payload(bytes(64), "Hex", is_text=False, width=width).splitlines()
        assert first.count("00 ") + 1 >= many
        assert first.endswith("." * many)
        assert len(first) <= max(width, 25)
