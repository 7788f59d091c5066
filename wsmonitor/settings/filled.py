"""Pure: which settings of an endpoint take `${NAME}`, and the endpoint with all of them filled in.

Whoever dials fills in first and reads nothing of the endpoint as it was written. Where a setting is not named
here, `${NAME}` means itself or is refused by its check.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec.structs import replace

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings import checks
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.placeholders import fill_environment, literal, message_variables, unset
from wsmonitor.settings.websocket_url import parse_url

Check = Callable[[str], str]

TOP: Final[Mapping[str, Check]] = {
    "url": checks.url_mistake,
    "origin": checks.origin_mistake,
    "auth": checks.auth_mistake,
    "proxy": checks.proxy_mistake,
}
"""Settings that take `${NAME}`, besides the values of `headers`: each with what it must be, filled in or not."""

TLS: Final = ("ca", "cert", "key", "passphrase", "server_name")
"""The same for `[endpoint.tls]`."""


def fill(config: EndpointConfig, environ: Mapping[str, str]) -> EndpointConfig:
    """The endpoint with every `${NAME}` of its settings replaced by that variable of `environ`.

    Message texts keep their placeholders: they are filled in message by message. Raises `SettingsError` with a
    line for each variable that is not set, those of messages included, and for each value that cannot be used.
    """
    problems = [*_unset_in_messages(config, environ)]

    def filled(name: str, value: str, mistake: Check) -> str:
        try:
            text = fill_environment(value, environ)
        except SettingsError as error:
            problems.extend(f"{name}: {problem}" for problem in error.problems)
            return value
        if text != value and (wrong := mistake(literal(text))):
            problems.append(f"{name}, filled in: {wrong}")
        return text

    top = {name: filled(name, getattr(config, name), check) for name, check in TOP.items()}
    tls = {name: filled(f"tls.{name}", getattr(config.tls, name), checks.one_line_mistake) for name in TLS}
    headers = {
        name: filled(f"headers.{name}", value, partial(checks.header_mistake, name))
        for name, value in config.headers.items()
    }
    if problems:
        raise SettingsError(problems)
    top["url"] = fill_environment(parse_url(literal(top["url"])), {})  # its scheme may be known only now
    return replace(config, **top, headers=headers, tls=replace(config.tls, **tls))


def message_texts(config: EndpointConfig) -> Iterator[str]:
    """Every text of the settings that is sent as a message, or compared with one."""
    yield from config.preamble
    yield from config.traffic.messages
    heartbeat = config.app_heartbeat
    if heartbeat is not None and heartbeat.enabled:
        yield from (heartbeat.request, heartbeat.reply)
        if heartbeat.correlate is not None:
            yield heartbeat.correlate.equals


def _unset_in_messages(config: EndpointConfig, environ: Mapping[str, str]) -> Iterator[str]:
    named = dict.fromkeys(name for text in message_texts(config) for name in message_variables(text))
    yield from (f"in a message: {unset(name)}" for name in named if name not in environ)
