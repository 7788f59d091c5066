from tools.rules_table import FILE, table


def test_the_page_of_rules_says_what_the_rules_say() -> None:
    assert FILE.read_text("utf-8") == table(), "run `python -m tools.rules_table`"
