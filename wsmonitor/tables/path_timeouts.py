"""Timers of common elements on a path: data, each row with its source. Imports nothing of ours.

A limit found is compared with this table for a hint only. Several elements share the same number, so
nobody is named from timing alone.
"""

from typing import Literal, NamedTuple

Kind = Literal["idle", "idle_tx", "lifetime", "silent_drop"]


class PathTimeout(NamedTuple):
    """One timer. `idle`: bytes of either side reset it. `idle_tx`: only what the server hears from the client does.

    `silent_drop`: nobody is told.
    """

    seconds: float
    kind: Kind
    element: str
    knob: str
    source: str


PATH_TIMEOUTS: tuple[PathTimeout, ...] = (
    PathTimeout(30, "lifetime", "Google Cloud external load balancer", "backend service timeoutSec",
                "gcpdiag.dev, rule LB/BP/2025_002"),
    PathTimeout(30, "idle", "OpenShift router", "haproxy.router.openshift.io/timeout-tunnel",
                "docs.openshift.com, route annotations"),
    PathTimeout(30, "idle", "px (local proxy for NTLM)", "--idle",
                "github.com/genotrance/px, issue 121"),
    PathTimeout(30, "idle_tx", "SignalR server", "ClientTimeoutInterval",
                "learn.microsoft.com, SignalR configuration"),
    PathTimeout(50, "idle", "HAProxy without timeout tunnel (sample configurations)", "timeout tunnel",
                "docs.haproxy.org, timeout tunnel"),
    PathTimeout(55, "idle", "Heroku router", "none: send something every 55 s",
                "devcenter.heroku.com, HTTP routing: timeouts"),
    # Documented as silence of the server; once upgraded, nginx 1.22 restarts it with bytes of the client as well.
    PathTimeout(60, "idle", "nginx", "proxy_read_timeout",
                "nginx.org, WebSocket proxying; ngx_http_upstream_process_upgraded"),
    PathTimeout(60, "idle", "AWS Application Load Balancer", "idle_timeout.timeout_seconds",
                "docs.aws.amazon.com, ALB attributes"),
    PathTimeout(60, "idle", "Fly.io proxy", "none: send something",
                "github.com/0ptim/JellyChat, issue 47"),
    # Of what mod_proxy_http and mod_proxy_wstunnel tunnel: measured with 2.4, ProxyTimeout does not matter.
    PathTimeout(60, "idle", "Apache httpd", "Timeout",
                "httpd.apache.org, core: Timeout"),
    PathTimeout(60, "idle_tx", "Phoenix socket", "timeout of the websocket transport",
                "hexdocs.pm, Phoenix.Endpoint socket/3"),
    PathTimeout(100, "idle", "Cloudflare proxy", "none: send something",
                "community.cloudflare.com/t/5865"),
    PathTimeout(100, "idle", "YARP (ASP.NET reverse proxy)", "ActivityTimeout",
                "github.com/dotnet/yarp, issue 1764"),
    PathTimeout(240, "silent_drop", "Azure load balancer or NAT", "idle timeout; enable TCP reset",
                "learn.microsoft.com, load-balancer-tcp-reset"),
    PathTimeout(270, "idle", "Cloudflare Gateway", "none: send something",
                "github.com/cloudflare/cloudflare-docs, pull request 3405"),
    PathTimeout(300, "idle", "Envoy or Istio", "stream_idle_timeout",
                "envoyproxy.io, FAQ on timeouts"),
    PathTimeout(300, "silent_drop", "home router or carrier NAT", "none: send something",
                "RFC 5382, REQ-5, and common practice below it"),
    PathTimeout(350, "silent_drop", "AWS Network Load Balancer", "tcp.idle_timeout.seconds",
                "docs.aws.amazon.com, NLB idle timeout"),
    PathTimeout(600, "idle", "AWS API Gateway WebSocket", "none: send something",
                "docs.aws.amazon.com, API Gateway quotas"),
    PathTimeout(600, "idle", "CloudFront", "none: send something",
                "repost.aws, question QU05nkjxdfRC2E67FGICmP3g"),
    PathTimeout(3600, "idle", "Envoy connection", "idle_timeout of the connection",
                "envoyproxy.io, FAQ on timeouts"),
    PathTimeout(7200, "lifetime", "AWS API Gateway WebSocket", "none: reconnect before",
                "docs.aws.amazon.com, API Gateway quotas"),
)  # fmt: skip

TOLERANCE = 0.03


def known_timeouts(seconds: float, kinds: frozenset[Kind]) -> tuple[PathTimeout, ...]:
    """The rows of these kinds whose limit is within 3 % of `seconds`."""
    return tuple(
        row for row in PATH_TIMEOUTS if row.kind in kinds and abs(row.seconds - seconds) <= TOLERANCE * row.seconds
    )
