"""Who may edit what everybody goes by: the calendar and the policy.

Invariant: only who ``domain.access.EDITING`` names; an edit keeps by whom and by which post it was made.
"""

from datetime import datetime

from adapters.postgres.calendar_edits import Editor
from adapters.postgres.directory import Person
from domain import access, hazard


def editor(person: Person, now: datetime) -> Editor:
    """The asker as an editor. Raises ``Refused`` (``role_required``)."""
    holding = person.actor.capacity(access.EDITING, "")
    if holding is None:
        raise hazard.role_required(frozenset(access.EDITING))
    return Editor(person_id=person.actor.person_id, post_id=holding.post_id, now=now)
