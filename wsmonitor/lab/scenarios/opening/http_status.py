"""Any HTTP answer instead of the upgrade."""

from wsmonitor.lab.parameters import Query, integer, text
from wsmonitor.lab.visit import Visit

HINT = "Answers the upgrade with any HTTP status: 401, 403, 404, 429, 503 with Retry-After."


class Parameters(Query):
    code: int = integer(503, "the status", low=200, high=599)
    retry_after: str = text("", "value of a Retry-After header: seconds or an HTTP date; empty sends none")
    body: str = text("The lab refuses.", "the text of the answer")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Answers and hangs up."""
    headers = {"Retry-After": parameters.retry_after} if parameters.retry_after else {}
    await visit.answer(parameters.code, parameters.body, headers)
