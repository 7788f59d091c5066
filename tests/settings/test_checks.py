"""Words and options: what they become, and what is said where they cannot be used."""

from pathlib import Path

import click
import pytest

from wsmonitor.command_line import (
    TARGET,
    ConnectionOptions,
    Duration,
    Target,
    connection_options,
    endpoints_from,
    run,
    version_option,
)
from wsmonitor.facts.errors import SettingsError, WsmonitorError
from wsmonitor.settings.checks import parse_duration, parse_headers
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, TlsConfig
from wsmonitor.settings.names import unique_names


@click.command()
@click.argument("targets", nargs=-1, type=TARGET)
@click.option("--duration", type=Duration(0.05))
@connection_options
@version_option
def collecting(targets: tuple[Target, ...], options: ConnectionOptions, duration: float | None) -> int:
    """Stands for any command."""
    collected.append((targets, options, duration))
    endpoints_from(targets, options)
    return 7


collected: list[tuple[tuple[Target, ...], ConnectionOptions, float | None]] = []


def parsed(*args: str) -> tuple[tuple[Target, ...], ConnectionOptions, float | None]:
    collected.clear()
    assert run(collecting, args, name="test") == 7
    return collected.pop()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("20s", 20), ("2m", 120), ("1h", 3600), ("3", 3), ("1.5", 1.5), (".5s", 0.5), ("1.5m", 90)],
)
def test_durations_have_a_unit_or_are_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "abc", "-1s", "1d", "1e3", "inf", "nan", "1s2", "٣s", "9" * 400, "0x1"])
def test_what_is_no_duration_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 500ms"):
        parse_duration(text)


def test_all_options_reach_the_command(tmp_path: Path) -> None:
    (pem := tmp_path / "x.pem").touch()

    targets, options, duration = parsed(
        "localhost:1", "--duration", "1m", "-H", "A: 1", "-H", "B:2", "-s", "v1", "-s", "v2", "--origin", "https://o",
        "-k", "--ca", str(pem), "--cert", str(pem), "--key", str(pem), "--passphrase", "p", "--auth", "u:p",
        "--proxy", "none", "--ping-interval", "100ms", "--ping-timeout", "1s", "--connect-timeout", "2s",
        "--workspace", str(pem), "--echo", "--once", "--show-secrets",
    )  # fmt: skip

    assert targets == (Target(url="ws://localhost:1"),)
    assert duration == 60
    assert options == ConnectionOptions(
        workspace=pem,
        headers=("A: 1", "B:2"),
        subprotocols=("v1", "v2"),
        origin="https://o",
        insecure=True,
        ca=pem,
        cert=pem,
        key=pem,
        passphrase="p",
        auth="u:p",
        proxy="none",
        ping_interval_s=0.1,
        ping_timeout_s=1,
        connect_timeout_s=2,
        echo=True,
        once=True,
        show_secrets=True,
    )


@pytest.mark.parametrize(
    ("args", "wrong"),
    [
        (["http://h"], "example: ws://h"),
        (["ws://h", "--duration", "1 day"], "expected a duration"),
        (["ws://h", "--duration", "1ms"], "at least 0.05s"),
        (["ws://h", "--ping-interval", "10ms"], "at least 0.05s"),
        (["ws://h", "-H", "no colon"], "expected `Name: value`"),
        (["ws://h", "-H", "Sec-WebSocket-Protocol: v1"], "use -s"),
        (["ws://h", "-s", "a b"], "one word"),
        (["ws://h", "-s", "a", "-s", "a"], "twice"),
        (["ws://h", "--auth", "alice"], "USER:PASSWORD"),
        (["ws://h", "--proxy", "h:1"], "a proxy is"),
        (["ws://h", "--origin", "a b"], "expected an origin"),
        (["ws://h", "--origin", "https://${a-b}"], "expected the name of an environment variable"),
        (["ws://h", "--cert", __file__, "--passphrase", "${WORD"], "expected `}`"),
        (["ws://h", "--ca", "/does/not/exist"], "does not exist"),
        (["ws://h", "--passphrase", "x"], "needs the key"),
        (["ws://h", "--pong"], "No such option"),
        (["gone.wsmon"], "there is no file"),
    ],
)
def test_a_wrong_use_is_one_line_and_exit_code_2(
    args: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(collecting, args, name="wsmonitor test") == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("wsmonitor test: ")
    assert err.count("\n") == 1
    assert wrong in err


def test_several_wrong_options_are_reported_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(collecting, ["ws://h", "-H", "x", "--auth", "hunter2"], name="t") == 2

    err = capsys.readouterr().err
    assert err.count("\n") == 2
    assert "hunter2" not in err


def test_other_errors_are_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def failing() -> None:
        raise WsmonitorError("no\x1b[31m way")

    assert run(failing, [], name="t") == 1
    assert capsys.readouterr().err == "t: no␛[31m way\n"


def test_version_is_said_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(collecting, ["ws://h", "--version"], name="t") == 0
    assert capsys.readouterr().out.startswith("wsmonitor ")


def test_existing_workspaces_and_recordings_are_files(tmp_path: Path) -> None:
    for name in ("w.toml", "r.wsmon"):
        (tmp_path / name).touch()

    targets, _, _ = parsed(str(tmp_path / "w.toml"), str(tmp_path / "r.wsmon"), "dev.toml")

    assert [target.file and target.file.name for target in targets] == ["w.toml", "r.wsmon", None]
    assert targets[2].url == "ws://dev.toml"


# Endpoints


def test_options_apply_to_urls_and_to_the_workspace() -> None:
    stored = EndpointConfig(name="w", url="ws://w", headers={"a": "old", "B": "kept"}, ping=PingConfig(enabled=False))
    options = ConnectionOptions(headers=("A: new",), ping_interval_s=1.0, insecure=True, once=True, echo=True)

    endpoints = endpoints_from(["ws://u"], options, [stored])

    assert [endpoint.name for endpoint in endpoints] == ["w", "ws://u"]
    assert endpoints[0].headers == {"B": "kept", "A": "new"}
    for endpoint in endpoints:
        assert endpoint.ping == PingConfig(enabled=True, interval_s=1.0)
        assert endpoint.tls == TlsConfig(verify=False)
        assert not endpoint.retry.enabled
        assert endpoint.echo


def test_without_options_an_endpoint_stays_as_it_is() -> None:
    stored = EndpointConfig(name="w", url="ws://w", ping=PingConfig(enabled=False), echo=True)

    assert endpoints_from([], ConnectionOptions(), [stored]) == [stored]


def test_an_endpoint_is_called_by_its_url_and_secrets_only_if_asked() -> None:
    url = "ws://h/?token=secret"

    assert [e.name for e in endpoints_from([url], ConnectionOptions())] == ["ws://h/?token=***"]
    assert [e.name for e in endpoints_from([url], ConnectionOptions(show_secrets=True))] == [url]


def test_equal_names_are_numbered_without_taking_anothers_name() -> None:
    endpoints = [EndpointConfig(name=name, url="ws://h") for name in ("a", "a", "a #2", "b", "a")]

    assert [endpoint.name for endpoint in unique_names(endpoints)] == ["a", "a #3", "a #2", "b", "a #4"]


def test_certificates_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    (endpoint,) = endpoints_from(["ws://h"], ConnectionOptions(ca=Path("ca.pem")))

    assert endpoint.tls.ca == str(tmp_path / "ca.pem")


def test_an_address_is_dialled_for_the_host_and_port_that_it_is_given_for() -> None:
    urls = ["wss://Shop.example/ws", "ws://shop.example/ws", "wss://other.example/"]
    options = ConnectionOptions(resolve=("shop.EXAMPLE:443:10.0.0.7", "other.example:443:[2001:db8::1]"))

    addresses = [endpoint.connect.address for endpoint in endpoints_from(urls, options)]

    assert addresses == ["10.0.0.7", "", "2001:db8::1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h:80", "expected HOST:PORT:ADDRESS"),
        ("h:80:there", "expected an IP address"),
        ("h:eighty:10.0.0.7", "expected HOST:PORT:ADDRESS"),
        ("elsewhere:80:10.0.0.7", "no endpoint is at elsewhere:80"),
    ],
)
def test_an_address_that_would_not_be_dialled_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        endpoints_from(["ws://h"], ConnectionOptions(resolve=(text,)))


def test_an_address_and_a_proxy_exclude_each_other() -> None:
    with pytest.raises(SettingsError, match="add --proxy none"):
        endpoints_from(["ws://h"], ConnectionOptions(resolve=("h:80:10.0.0.7",), proxy="http://p:3128"))


def test_repeated_headers_are_joined() -> None:
    assert parse_headers(("X-A: 1", "x-a: 2", "Cookie: a=1", "cookie: b=2", "Empty:")) == {
        "X-A": "1, 2",
        "Cookie": "a=1; b=2",
        "Empty": "",
    }


@pytest.mark.parametrize("text", ["A B: 1", ": 1", "A\r\nB: 1", "A: 1\r\nB: 2", "A: \udcff", "Connection: close"])
def test_headers_that_would_break_the_request_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_headers((text,))
