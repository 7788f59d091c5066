"""Several workspace files together."""

from pathlib import Path

from wsmonitor.settings.workspace import joined, loads

ENDPOINT = '[[endpoint]]\nname = "chat"\nurl = "ws://h/"\n'


def test_several_files_are_one_with_unique_names_and_each_rule_knows_its_file() -> None:
    rest = '[[snippet]]\nname = "hello"\ntext = "{}"\n[[alert]]\nname = "bad"\nwhen = "down>30s"\n'
    files = [loads(ENDPOINT + rest, Path(name)) for name in ("a/one.toml", "b/two.toml")]

    whole = joined(files)

    assert [one.name for one in whole.endpoints] == ["chat", "chat #2"]
    assert [one.name for one in whole.snippets] == ["hello", "hello #2"]
    assert whole.origins == {"bad": Path("a/one.toml"), "bad #2": Path("b/two.toml")}
    assert [rule.name for rule in whole.alerts] == list(whole.origins)
    assert whole.path is None


def test_a_close_code_means_what_the_first_file_says() -> None:
    named = [f'[[close_code]]\ncode = 4001\nname = "{name}"\n{ENDPOINT}' for name in ("kicked", "gone")]

    whole = joined([loads(text) for text in named])

    assert [(one.code, one.name) for one in whole.close_codes] == [(4001, "kicked")]
