"""What of an event and of a configuration may be written to a file that others will read."""

from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent, Control, EndpointEvent, Message, SamplesDropped
from wsmonitor.recording.options import RecordingOptions
from wsmonitor.recording.view_rows import Finding
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.redact import REDACTED, redact_event, redact_headers, redact_text, redact_url

_CLOSE = 8


class Privacy:
    """Redacts secrets and cuts payloads; the same endpoint always gets the same name."""

    def __init__(self, options: RecordingOptions) -> None:
        self._limit = {"none": 0, "head": options.head_bytes, "full": None}[options.payload]
        self._names: dict[str, str] = {}

    def event(self, event: AnyEvent) -> AnyEvent:
        """What may be kept of `event`."""
        event = redact_event(event)
        if isinstance(event, Message) and self._limit is not None and len(event.payload) > self._limit:
            event = replace(event, payload=event.payload[: self._limit])
        elif isinstance(event, Control) and self._limit == 0 and event.opcode != _CLOSE and event.payload:
            event = replace(event, payload=b"")
        if isinstance(event, EndpointEvent) and (name := self.name(event.endpoint)) != event.endpoint:
            event = replace(event, endpoint=name)
        elif isinstance(event, SamplesDropped):
            unlisted = [replace(one, endpoint=self.name(one.endpoint)) for one in event.unlisted]
            event = replace(event, unlisted=tuple(unlisted))
        return event

    def finding(self, finding: Finding) -> Finding:
        """What may be kept of `finding`: its words may quote an error."""
        return replace(finding, endpoint=self.name(finding.endpoint), summary=redact_text(finding.summary))

    def name(self, name: str) -> str:
        """An endpoint's name without the secrets of a URL; two endpoints never share one."""
        known = self._names.get(name)
        if known is None:
            known = plain = redact_url(name) if "://" in name else name
            number = 1
            while known in self._names.values():
                number += 1
                known = f"{plain} #{number}"
            self._names[name] = known
        return known

    def config(self, config: EndpointConfig) -> EndpointConfig:
        """`config` without credentials, and without message texts where payloads are not kept."""
        shown = replace(
            config,
            name=self.name(config.name),
            url=redact_url(config.url),
            headers=redact_headers(config.headers),
            auth=_redacted(config.auth),
            proxy=redact_url(config.proxy),
            tls=replace(config.tls, passphrase=_redacted(config.tls.passphrase)),
        )
        return shown if self._limit != 0 else _without_texts(shown)


def _redacted(secret: str) -> str:
    return REDACTED if secret and not (secret.startswith("${") and secret.endswith("}")) else secret


def _without_texts(config: EndpointConfig) -> EndpointConfig:
    heartbeat = config.app_heartbeat
    if heartbeat is not None:
        heartbeat = replace(heartbeat, request=REDACTED, reply=REDACTED if heartbeat.reply else "")
    return replace(
        config,
        preamble=(REDACTED,) * len(config.preamble),
        traffic=replace(config.traffic, messages=(REDACTED,) * len(config.traffic.messages)),
        app_heartbeat=heartbeat,
    )
