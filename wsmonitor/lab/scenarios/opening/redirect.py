"""An HTTP redirect instead of the upgrade."""

from urllib.parse import quote

from wsmonitor.lab.parameters import Query, integer, text
from wsmonitor.lab.visit import Visit

HINT = "Redirects the upgrade, once or many times over."


class Parameters(Query):
    to: str = text("/echo", "where the last redirect leads")
    code: int = integer(307, "the status", low=300, high=399)
    hops: int = integer(1, "so many redirects one after the other", low=1, high=1000)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers with the next hop."""
    on = f"/redirect?hops={parameters.hops - 1}&code={parameters.code}&to={quote(parameters.to)}"
    await visit.answer(parameters.code, "Elsewhere.", {"Location": on if parameters.hops > 1 else parameters.to})
