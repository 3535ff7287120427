"""Who holds which post at an instant, in SQL: the reading of :meth:`domain.organisation.Organisation.holdings`.

Invariant: it is the only SQL that says who holds a post; a test compares it with the domain's over random organisations.
"""

from typing import Final

_OWN: Final = """
SELECT posts.id AS post_id, posts.title, posts.role, posts.unit_id, holders.person_id
FROM posts JOIN holders ON holders.post_id = posts.id
WHERE posts.valid_from <= $1 AND $1 < posts.valid_to AND holders.valid_from <= $1 AND $1 < holders.valid_to
UNION ALL
SELECT posts.id, posts.title, posts.role, posts.unit_id, holders.person_id
FROM posts JOIN holders ON holders.post_id = posts.bound_to
WHERE posts.bound_from <= $1 AND posts.valid_from <= $1 AND $1 < posts.valid_to
    AND holders.valid_from <= $1 AND $1 < holders.valid_to
"""
"""Every post with its holders at ``$1``: its own, or those of the post that it is bound to by then."""

AT: Final = f"""
WITH own AS NOT MATERIALIZED ({_OWN})
SELECT own.*, NULL::text AS on_behalf_of, '{{}}'::text[] AS barred_units FROM own
UNION ALL
SELECT own.post_id, own.title, own.role, own.unit_id, substitutions.substitute_id, substitutions.absent_id,
    ARRAY (SELECT DISTINCT unit_id FROM own AS other WHERE other.person_id = substitutions.absent_id ORDER BY unit_id)
FROM substitutions
    JOIN own ON own.post_id = substitutions.post_id AND own.person_id = substitutions.absent_id
WHERE substitutions.valid_from <= $1 AND $1 < substitutions.valid_to AND NOT EXISTS (
    SELECT FROM own AS mine
    WHERE mine.post_id = substitutions.post_id AND mine.person_id = substitutions.substitute_id)
"""  # noqa: S608 - the reading above
"""Every post with everybody who may act by it at ``$1``: its holders, and those who stand in for one of them. Whoever holds
a post acts by it for nobody else; whoever stands in for two is there twice."""


def at(instant: str) -> str:
    """The same reading at another instant: a column or an expression of the query around it."""
    return AT.replace("$1", instant)
