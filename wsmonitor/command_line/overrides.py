"""Words, options and a workspace -> the endpoints to monitor."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from wsmonitor.command_line.options import ConnectionOptions
from wsmonitor.command_line.words import Target
from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.checks import (
    auth_mistake,
    has_surrogates,
    parse_headers,
    parse_resolve,
    proxy_mistake,
    subprotocol_mistake,
    variable_mistake,
)
from wsmonitor.settings.endpoint_settings import ConnectConfig, EndpointConfig, PingConfig, RetryConfig, TlsConfig
from wsmonitor.settings.names import unique_names
from wsmonitor.settings.placeholders import literal
from wsmonitor.text.redact import redact_url


def endpoints_from(
    targets: Iterable[Target | str],
    options: ConnectionOptions,
    workspace_endpoints: Sequence[EndpointConfig] = (),
) -> list[EndpointConfig]:
    """The endpoints of the workspace and one for each URL, with the options applied to all of them.

    Names are unique; an unnamed endpoint is called by its URL, secrets redacted unless
    `--show-secrets`. Raises `SettingsError` with one line for each option that cannot be used.
    """
    urls = [target if isinstance(target, str) else target.url for target in targets]
    show = options.show_secrets
    named = [EndpointConfig(name=url if show else redact_url(url), url=url) for url in urls if url]
    apply = _Overrides(options)
    endpoints = [apply(endpoint) for endpoint in [*workspace_endpoints, *named]]
    if problems := apply.vain(endpoints):
        raise SettingsError(problems)
    return unique_names(endpoints)


class _Overrides:
    """Applies the options that were given; raises `SettingsError` at once for those that make no sense."""

    def __init__(self, options: ConnectionOptions) -> None:
        problems = _option_mistakes(options)
        try:
            self.headers = parse_headers(options.headers)
        except SettingsError as error:
            problems += error.problems
        self.addresses: dict[str, str] = {}
        for text in options.resolve:
            try:
                host, port, address = parse_resolve(text)
                self.addresses[f"{host}:{port}"] = address
            except ValueError as error:
                problems.append(f"--resolve: {error}; example: --resolve example.org:443:192.168.1.5")
        if problems:
            raise SettingsError(problems)
        self.options = options
        self.top = _given(
            origin=options.origin,
            auth=options.auth,
            proxy=options.proxy,
            subprotocols=options.subprotocols or None,
            echo=options.echo or None,
        )

    def __call__(self, endpoint: EndpointConfig) -> EndpointConfig:
        return replace(
            endpoint,
            **self.top,
            headers=_merged(endpoint.headers, self.headers),
            connect=self._connect(endpoint),
            ping=self._ping(endpoint.ping),
            retry=self._retry(endpoint.retry),
            tls=self._tls(endpoint.tls),
        )

    def vain(self, endpoints: Iterable[EndpointConfig]) -> list[str]:
        """A line for each address that would not be dialled."""
        known = {endpoint.host_port.lower() for endpoint in endpoints}
        problems = [f"--resolve: no endpoint is at {place}" for place in self.addresses if place not in known]
        return problems + [
            f"--resolve: {endpoint.name} goes through a proxy, which looks up the host by itself; add --proxy none"
            for endpoint in endpoints
            if endpoint.host_port.lower() in self.addresses and endpoint.proxy.lower() not in ("", "none")
        ]

    def _connect(self, endpoint: EndpointConfig) -> ConnectConfig:
        address = self.addresses.get(endpoint.host_port.lower())
        return replace(endpoint.connect, **_given(timeout_s=self.options.connect_timeout_s, address=address))

    def _ping(self, ping: PingConfig) -> PingConfig:
        changed = _given(interval_s=self.options.ping_interval_s, timeout_s=self.options.ping_timeout_s)
        return replace(ping, enabled=True, **changed) if changed else ping

    def _retry(self, retry: RetryConfig) -> RetryConfig:
        return replace(retry, enabled=False) if self.options.once else retry

    def _tls(self, tls: TlsConfig) -> TlsConfig:
        options = self.options
        changed = _given(
            ca=_absolute(options.ca),
            cert=_absolute(options.cert),
            key=_absolute(options.key),
            passphrase=options.passphrase,
            verify=False if options.insecure else None,
        )
        return replace(tls, **changed)


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _absolute(path: Path | None) -> str | None:
    """A path that still means the same file in the probe, whatever its working directory."""
    return None if path is None else literal(str(path.absolute()))


def _merged(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    replaced = {name.lower() for name in new}
    return {name: value for name, value in old.items() if name.lower() not in replaced} | new


def _option_mistakes(options: ConnectionOptions) -> list[str]:
    problems = [f"-s: {mistake}" for text in options.subprotocols if (mistake := subprotocol_mistake(text))]
    if len(set(options.subprotocols)) < len(options.subprotocols):
        problems.append("-s: a subprotocol is offered once, found one twice")
    if mistake := auth_mistake(options.auth or ""):
        problems.append(f"--auth: {mistake}; example: --auth alice:s3cret")
    if mistake := proxy_mistake(options.proxy or ""):
        problems.append(f"--proxy: {mistake}; example: --proxy http://localhost:3128")
    if options.origin is not None and not _is_origin(options.origin):
        problems.append(
            f"--origin: expected an origin, found {options.origin!r}; example: --origin https://example.com"
        )
    if mistake := variable_mistake(options.origin or ""):
        problems.append(f"--origin: {mistake}")
    if mistake := variable_mistake(options.passphrase or ""):
        problems.append(f"--passphrase: {mistake}")
    if options.key and not options.cert:
        problems.append("--key: needs the certificate that belongs to it; example: --cert me.pem --key me.key")
    if options.passphrase is not None and not options.cert:
        problems.append("--passphrase: needs the key that it opens; example: --cert me.pem --key me.key")
    return problems


def _is_origin(text: str) -> bool:
    """Any one word will do: what a server makes of a wrong origin is worth watching."""
    return bool(text) and text.isprintable() and " " not in text and not has_surrogates(text)
