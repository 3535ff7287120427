"""How the rules say no.

Invariant: a refusal names a stable English code for programs and a Chinese sentence for people, and never
quotes what the caller sent.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

Detail = str | Sequence[str] | None


class Kind(StrEnum):
    """Why the rules said no; the API gives each kind one HTTP status."""

    INVALID = "invalid"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN = "unknown"
    WRONG_STAGE = "wrong_stage"
    CONFLICT = "conflict"


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The rules said no; nothing was changed.

    Args:
        kind: which family of refusal.
        code: stable English code, such as ``role_required``.
        message: one Chinese sentence for the person who asked.
        details: what lacks or what would have been right, for programs.
    """

    def __init__(self, kind: Kind, code: str, message: str, **details: Detail) -> None:
        super().__init__(f"{code}: {message}")
        self.kind = kind
        self.code = code
        self.message = message
        self.details: Mapping[str, Detail] = details


class Temporary(Exception):  # noqa: N818 - the opposite of permanent
    """Something outside (the engine, the database, a store) is away; the same call may succeed later."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is away")
        self.what = what


class Diverged(Exception):  # noqa: N818
    """Two writers claimed the same place in a case's record; the one on record stands."""

    def __init__(self, case_id: str, seq: int) -> None:
        super().__init__(f"{case_id}: change {seq} is already another one")
