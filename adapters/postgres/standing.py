"""Whether a token that was sound when it was signed still stands: the session goes on, and its person is not shut out.

Invariant: it is a condition of the statement that reads who asks, so that it costs no statement of its own, and what was
revoked is void at the next request.
"""

from typing import Final

STANDS: Final = """
$4::timestamptz IS NULL OR (
    NOT EXISTS (
        SELECT FROM accounts WHERE accounts.person_id = $2
            AND (accounts.disabled_at IS NOT NULL OR $3::text IS NULL AND accounts.tokens_from > $4))
    AND ($3::text IS NULL OR EXISTS (
        SELECT FROM sessions WHERE sessions.id = $3 AND sessions.person_id = $2
            AND sessions.ended_at IS NULL AND sessions.expires_at > $1))
)
"""
"""At ``$1``, for person ``$2``, session ``$3`` (null for a token from elsewhere) and an issue at ``$4`` (null: no token)."""
