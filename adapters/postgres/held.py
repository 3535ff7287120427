"""Who holds which post at an instant, in SQL: the reading of :meth:`domain.organisation.Organisation.holdings`.

Invariant: it is the only SQL that says who holds a post; a test compares it with the domain's over random organisations.
"""

from typing import Final

AT: Final = """
SELECT posts.id AS post_id, posts.title, posts.role, posts.unit_id, holders.person_id, NULL::text AS on_behalf_of
FROM posts JOIN holders ON holders.post_id = coalesce(posts.bound_to, posts.id)
WHERE posts.valid_from <= $1 AND $1 < posts.valid_to AND holders.valid_from <= $1 AND $1 < holders.valid_to
UNION ALL
SELECT posts.id, posts.title, posts.role, posts.unit_id, substitutions.substitute_id, min(substitutions.absent_id)
FROM substitutions JOIN posts ON posts.id = substitutions.post_id
    JOIN holders ON holders.post_id = coalesce(posts.bound_to, posts.id) AND holders.person_id = substitutions.absent_id
WHERE posts.valid_from <= $1 AND $1 < posts.valid_to AND holders.valid_from <= $1 AND $1 < holders.valid_to
    AND substitutions.valid_from <= $1 AND $1 < substitutions.valid_to
    AND NOT EXISTS (
        SELECT FROM holders AS own WHERE own.post_id = coalesce(posts.bound_to, posts.id)
            AND own.person_id = substitutions.substitute_id AND own.valid_from <= $1 AND $1 < own.valid_to)
GROUP BY posts.id, substitutions.substitute_id
"""
"""Every post with everybody who may act by it at ``$1``: its holders, those of the post that it is bound to, and those who
stand in for one of them; whoever holds a post acts by it for nobody else."""
