"""Random workspace files under random edits: the file says what was wanted, and no comment of what stays is lost."""

import random
import re
from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.workspace import Snippet, Workspace, dumps, loads


def random_file(chance: random.Random) -> str:
    """Up to six tables of three kinds in any order, with comments and blank lines between and within."""
    text = chance.choice(["", "# top\n\n"])
    for number in range(chance.randint(1, 6)):
        text += chance.choice(["", "\n", "\n\n"]) + chance.choice(["", f"# above {number}\n"])
        match chance.choice(["endpoint", "snippet", "close_code"]):
            case "endpoint":
                text += f'[[endpoint]]\nurl = "ws://h{number}/"  # url {number}\n'
                text += chance.choice(["", f"[endpoint.ping]\ninterval_s = {number + 1}  # ping {number}\n"])
            case "snippet":
                text += f'[[snippet]]\nname = "s{number}"\ntext = """\n[[endpoint]]\n\u2028"""  # text {number}\n'
            case _:
                text += f'[[close_code]]\ncode = {4000 + number}  # code {number}\nname = "n{number}"\n'
    return text.rstrip("\n") if chance.random() < 0.3 else text


def edited(read: Workspace, chance: random.Random) -> Workspace:
    """Something added, changed, renamed and moved; nothing taken away."""
    endpoints, snippets = list(read.endpoints), list(read.snippets)
    if endpoints and chance.random() < 0.5:
        endpoints[0] = changed(endpoints[0], connections=7)
    if snippets and chance.random() < 0.5:
        snippets[-1] = changed(snippets[-1], name="renamed")
    if chance.random() < 0.5:
        shared = endpoints[0].shared_close_code if endpoints else read.close_codes
        endpoints.append(EndpointConfig(name="new", url="ws://new/", shared_close_code=shared))
    if chance.random() < 0.5:
        snippets.insert(0, Snippet(name="new", text="a\u2028b"))
    chance.shuffle(snippets)
    return replace(read, endpoints=tuple(endpoints), snippets=tuple(snippets))


@pytest.mark.parametrize("seed", range(60))
def test_what_was_wanted_is_written_and_every_comment_stays(seed: int) -> None:
    chance = random.Random(seed)
    text = random_file(chance)
    read = loads(text)
    assert dumps(read) == text

    wanted = edited(read, chance)
    written = dumps(wanted)

    again = loads(written)
    assert (again.endpoints, again.snippets, again.close_codes) == (
        wanted.endpoints,
        wanted.snippets,
        wanted.close_codes,
    )
    assert [comment for comment in re.findall(r"# [^\n]*", text) if comment not in written] == []


@pytest.mark.parametrize("seed", range(30))
def test_what_is_removed_takes_only_its_own_comments_along(seed: int) -> None:
    chance = random.Random(seed)
    text = random_file(chance) + '\n# last\n[[snippet]]\nname = "gone"\ntext = "t"  # own\n\n# other\n[[snippet]]\n'
    text += 'name = "stays"\ntext = "t"\n'
    read = loads(text)

    written = dumps(replace(read, snippets=tuple(one for one in read.snippets if one.name != "gone")))

    lost = [comment for comment in re.findall(r"# [^\n]*", text) if comment not in written]
    assert lost == ["# last", "# own"]
