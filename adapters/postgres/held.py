"""Who holds which post at an instant, in SQL: the reading of :meth:`domain.organisation.Organisation.holdings`.

Invariant: it is the only SQL that says who holds a post; a test compares it with the domain's over random organisations.
"""

from typing import Final

AT: Final = """
SELECT posts.id AS post_id, posts.title, posts.role, posts.unit_id, holders.person_id, NULL::text AS on_behalf_of,
    '{}'::text[] AS barred_units
FROM posts JOIN holders ON holders.post_id = coalesce(posts.bound_to, posts.id)
WHERE posts.valid_from <= $1 AND $1 < posts.valid_to AND holders.valid_from <= $1 AND $1 < holders.valid_to
UNION ALL
SELECT posts.id, posts.title, posts.role, posts.unit_id, substitutions.substitute_id, substitutions.absent_id,
    ARRAY (
        SELECT DISTINCT other.unit_id
        FROM holders AS tenure JOIN posts AS other ON coalesce(other.bound_to, other.id) = tenure.post_id
        WHERE tenure.person_id = substitutions.absent_id AND tenure.valid_from <= $1 AND $1 < tenure.valid_to
            AND other.valid_from <= $1 AND $1 < other.valid_to
        ORDER BY other.unit_id)
FROM substitutions JOIN posts ON posts.id = substitutions.post_id
    JOIN holders ON holders.post_id = coalesce(posts.bound_to, posts.id) AND holders.person_id = substitutions.absent_id
WHERE posts.valid_from <= $1 AND $1 < posts.valid_to AND holders.valid_from <= $1 AND $1 < holders.valid_to
    AND substitutions.valid_from <= $1 AND $1 < substitutions.valid_to
    AND NOT EXISTS (
        SELECT FROM holders AS own WHERE own.post_id = coalesce(posts.bound_to, posts.id)
            AND own.person_id = substitutions.substitute_id AND own.valid_from <= $1 AND $1 < own.valid_to)
"""
"""Every post with everybody who may act by it at ``$1``: its holders, those of the post that it is bound to, and those who
stand in for one of them. Whoever holds a post acts by it for nobody else; whoever stands in for two is there twice."""
