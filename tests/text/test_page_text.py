"""Bodies of HTTP answers in words."""

import pytest

from wsmonitor.text.page_text import page_text

NGINX = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (NGINX, "502 Bad Gateway"),
        ("<html><body><h1>No &amp; never</h1>\n<p>ask\tlater</p></body>", "No & never ask later"),
        ("<html><head><title> </title></head>Down", "Down"),
        ("  too many\r\nconnections ", "too many connections"),
        ("<html><body>cut in a ta<h", "cut in a ta"),
        ("", ""),
    ],
)
def test_a_page_is_told_without_its_markup(body: str, words: str) -> None:
    assert page_text(body) == words
