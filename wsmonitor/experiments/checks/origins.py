"""Security: which pages may connect, whether credentials are looked at, and what TLS says."""

import ssl
import time
from dataclasses import replace

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.checks.check import RFC6455, Check, Said
from wsmonitor.experiments.checks.run import check_experiment
from wsmonitor.experiments.checks.seen import Seen, upgrade_seen

ORIGIN = "Origin"
EVIL = "https://evil.example"
CREDENTIALS = ("authorization", "cookie")
SOON_DAYS = 14
OLD_TLS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")
HOLE = "a hole only if cookies or network position log the user in (send a cookie with -H to test that)"


def _origin_check(name: str, expected: str, refused_is_usual: bool) -> Check:
    async def look(bench: Bench) -> Seen:
        request = bench.request()
        own = request.header(ORIGIN) or bench.way.origin
        values = {"none": (), "own": (own,), "evil": (EVIL,), "null": ("null",), "suffix": (f"{own}.evil.example",)}
        return await upgrade_seen(bench, request.with_header(ORIGIN, *values[name]))

    def judge(seen: Seen) -> Said:
        if not seen.is_open:
            return Said("as expected" if refused_is_usual else "finding", f"refused: {seen.refusal}")
        if not refused_is_usual:
            return Said("as expected", "accepted")
        return Said("finding", f"accepts a page of any such site: {HOLE}")

    return Check(
        id=f"origin/{name}", section=f"{RFC6455}, 10.2", expected=expected, look=look, judge=judge, is_asked_for=True
    )


async def _without_credentials(bench: Bench) -> Seen:
    request = bench.request()
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in CREDENTIALS)
    if len(headers) == len(request.headers):
        return Seen(request=request, opening_error="no credentials were given: use -H or --auth")
    return await upgrade_seen(bench, replace(request, headers=headers))


def _without_credentials_said(seen: Seen) -> Said:
    if seen.opening_error:
        return Said(f"not tested: {seen.opening_error}", "")
    if seen.is_open:
        return Said("finding", "accepted without them")
    return Said("as expected", f"refused: {seen.refusal}")


async def _tls(bench: Bench) -> Seen:
    """The version and the days that the certificate is still good for, as `opening_error` says them to the judge."""
    request = bench.request()
    line = await bench.open(request=request)
    secured = line.transport.get_extra_info("ssl_object")
    if not isinstance(secured, ssl.SSLObject):
        said = "none"
    else:
        ends = (secured.getpeercert() or {}).get("notAfter")
        days = "" if not isinstance(ends, str) else f"{(ssl.cert_time_to_seconds(ends) - time.time()) / 86400:.0f}"
        said = f"{secured.version()} {days}".rstrip()
    await line.close(bench.patience_s)
    return Seen(request=request, response=line.response, opening_error=said)


def _tls_said(seen: Seen) -> Said:
    version, _, days = seen.opening_error.partition(" ")
    if version == "none":
        return Said("finding", "ws:// without TLS: everybody on the way can read and change it")
    if version in OLD_TLS:
        return Said("differs", f"{version}: RFC 8996 says not to use it")
    if days and int(days) < SOON_DAYS:
        return Said("finding", f"{version}; the certificate ends in {days} days")
    return Said("as expected", f"{version}" + (f"; the certificate is good for {days} days" if days else ""))


SECURITY_CHECKS = (
    _origin_check("none", "whatever comes without an origin is no browser's page", refused_is_usual=False),
    _origin_check("own", "the server's own pages may connect", refused_is_usual=False),
    _origin_check("evil", "a server for certain pages only SHOULD look at the origin", refused_is_usual=True),
    _origin_check("null", "a sandboxed page SHOULD be refused where origins are looked at", refused_is_usual=True),
    _origin_check("suffix", "an origin that begins like our own SHOULD be refused", refused_is_usual=True),
    Check(id="credentials/none", section=f"{RFC6455}, 10.5", expected="refused without the credentials that were given",
          look=_without_credentials, judge=_without_credentials_said, is_asked_for=True),
    Check(id="tls/version", section="RFC 8996", expected="TLS 1.2 or later, and a certificate that is good for a while",
          look=_tls, judge=_tls_said),
)  # fmt: skip
"""In the order in which they are run."""

EXPERIMENT = check_experiment(
    "security", "who may connect: which pages, with which credentials, over which TLS?", SECURITY_CHECKS
)
