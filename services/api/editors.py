"""Who may edit what everybody goes by: the calendar and the policy.

Invariant: only the office and the leaders; an edit keeps by whom and by which post it was made.
"""

from datetime import datetime
from typing import Final

from adapters.postgres.calendar_edits import Editor
from adapters.postgres.directory import Person
from domain import hazard
from domain.people import Role

EDITORS: Final = frozenset({Role.OFFICE, Role.LEADER})


def editor(person: Person, now: datetime) -> Editor:
    """The asker as an editor. Raises ``Refused`` (``role_required``)."""
    holding = person.actor.capacity(EDITORS, "")
    if holding is None:
        raise hazard.role_required(EDITORS)
    return Editor(person_id=person.actor.person_id, post_id=holding.post_id, now=now)
