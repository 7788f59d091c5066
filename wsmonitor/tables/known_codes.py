"""What is known of close codes for one endpoint: the user's own first, then its framework's, then everybody's."""

from msgspec import Struct

from wsmonitor.tables.close_codes import CloseCode, close_code, close_code_name
from wsmonitor.tables.profiles import Course, ProfileCode, profile_code

FIRST_OWN, LAST_OWN = 4000, 4999
"""Codes that RFC 6455, 7.4.2, leaves to private agreement: users may say what they mean."""
OWN_SOURCE = "said by the workspace"
_FIRST_FOR_FRAMEWORKS = 3000
_COURSES: dict[str, Course] = {"yes": "retry", "slow": "slow", "no": "stop"}


class CloseCodes(Struct, frozen=True):
    """The codes that mean something here. `own` rows are the user's, `profile` names a framework or is empty."""

    own: tuple[CloseCode, ...] = ()
    profile: str = ""

    def own_row(self, code: int) -> CloseCode | None:
        """What the user says of `code`."""
        return next((row for row in self.own if row.code == code), None)

    def row(self, code: int) -> CloseCode | None:
        """The user's row of `code`, else the one that holds for everybody; `None` where there is neither."""
        return self.own_row(code) or close_code(code)

    def framework_row(self, code: int) -> ProfileCode | None:
        """What the framework says of `code`."""
        return profile_code(self.profile, code)

    def name(self, code: int) -> str:
        """A short name for any code; names of frameworks stand only where the registry leaves them room."""
        own = self.own_row(code)
        if own is not None:
            return own.name
        known = self.framework_row(code) if code >= _FIRST_FOR_FRAMEWORKS else None
        return close_code_name(code) if known is None else known.name

    def course(self, code: int) -> Course | None:
        """What the user, else the framework, says should follow a Close with `code`; `None` where neither does."""
        own = self.own_row(code)
        if own is not None:
            return _COURSES[own.reconnect]
        known = self.framework_row(code)
        return None if known is None else known.then


EVERYBODYS = CloseCodes()
"""Where no workspace and no framework says more."""
