"""The statements of the ledger of messages, and how its rows are read.

Invariant: what changes a message's state names the states that it may come from, so a repeat changes nothing.
"""

from typing import Any, Final

import asyncpg

from domain.delivery import ChannelName, Message
from domain.notices import NoticeKind

MOST: Final = 20_000
"""Messages that one cycle looks at, the urgent and the oldest first."""

BEGIN: Final = """
INSERT INTO delivery_channels (channel, epoch, began_at, cycle_at) VALUES ($1, 1, $2, $2)
ON CONFLICT (channel) DO UPDATE SET epoch = delivery_channels.epoch + 1 RETURNING epoch
"""
"""The channel is taken over."""

RECOVER: Final = """
WITH cut AS (
    UPDATE delivery_attempts SET outcome = 'unknown', code = 'interrupted', ended_at = $2
    WHERE channel = $1 AND outcome IS NULL
)
UPDATE deliveries SET state = 'pending', next_at = $2 WHERE channel = $1 AND state = 'sending'
"""
"""What was being sent may have arrived, and goes again."""

CYCLE: Final = "UPDATE delivery_channels SET cycle_at = $3 WHERE channel = $1 AND epoch = $2 RETURNING epoch"
"""A cycle ended."""

CYCLED: Final = "SELECT cycle_at FROM delivery_channels WHERE channel = $1"
"""When a cycle ended last."""

COUNTS: Final = """
SELECT
    (SELECT count(*) FROM deliveries WHERE channel = $1 AND state IN ('pending', 'sending'))
        + CASE WHEN $1 = 'inbox' THEN (SELECT count(*) FROM notice_queue WHERE leaves_at <= cycle_at) ELSE 0 END AS queue,
    CASE WHEN $1 = 'inbox' THEN (SELECT min(leaves_at) FROM notice_queue WHERE leaves_at <= cycle_at)
        ELSE (SELECT min(queued_at) FROM deliveries WHERE channel = $1 AND state IN ('pending', 'sending')) END AS oldest_at,
    (SELECT count(*) FROM deliveries WHERE channel = $1 AND state = 'sent' AND settled_at >= today) AS sent,
    (SELECT count(*) FROM deliveries WHERE channel = $1 AND state = 'failed' AND settled_at >= today) AS failed
FROM (
    SELECT channel, cycle_at, date_trunc('day', cycle_at, 'Asia/Shanghai') AS today FROM delivery_channels
) AS stands WHERE channel = $1
"""
"""How a channel stands: what waits, and what became of others today; not of all there ever were, which costs more every day."""

WAITING: Final = """
SELECT deliveries.key, deliveries.notice_id, deliveries.case_id, deliveries.seq, deliveries.kind, deliveries.post_id,
    deliveries.recipient, deliveries.contact_id, deliveries.channel, deliveries.queued_at, deliveries.bundle_id,
    deliveries.attempts, deliveries.next_at, notices.at, notices.leaves_at, notices.urgent, notices.late, notices.text,
    points.rests_until, points.muted_until, points.retired_at IS NOT NULL OR points.verified_at IS NULL AS gone,
    EXISTS (
        SELECT FROM contact_points AS others
        WHERE others.owner_kind = points.owner_kind AND others.owner_id = points.owner_id AND others.place > points.place
            AND others.retired_at IS NULL AND others.verified_at IS NOT NULL AND others.channel = ANY ($2)
    ) AS elsewhere
FROM deliveries JOIN notices ON notices.id = deliveries.notice_id
    JOIN contact_points AS points ON points.id = deliveries.contact_id
WHERE deliveries.channel = $1 AND deliveries.state = 'pending'
ORDER BY notices.urgent DESC, deliveries.queued_at, deliveries.key LIMIT $3
"""
"""What waits for a channel, with its notices and contact points."""

SENT: Final = """
SELECT points.id AS contact_id, attempts.at
FROM delivery_attempts AS attempts JOIN contact_points AS used ON used.id = attempts.contact_id
    JOIN contact_points AS points ON points.channel = used.channel AND points.blind = used.blind
WHERE attempts.channel = $1 AND attempts.at > $2 AND points.retired_at IS NULL ORDER BY attempts.at
"""
"""When each contact point was written to lately, by itself or by another one with its address."""

RELEASED: Final = "SELECT released_at FROM delivery_channels WHERE channel = $1"
"""When somebody last let go of the brake."""

RELEASE: Final = """
UPDATE delivery_channels SET released_at = $2, released_by = $3 WHERE $1::text IS NULL OR channel = $1
"""
"""What is braked by now leaves."""

HOLD: Final = "SELECT epoch FROM delivery_channels WHERE channel = $1 AND epoch = $2 FOR SHARE"
"""The channel is still ours, and stays so until the transaction ends."""

SUPERSEDE: Final = """
WITH gone AS (
    UPDATE deliveries SET state = 'superseded', settled_at = $2, outcome = $3
    WHERE key = ANY ($1) AND state = 'pending' RETURNING case_id, seq, kind
)
INSERT INTO notice_queue (notice_id, leaves_at)
SELECT notices.id, $2 FROM notices JOIN gone USING (case_id, seq, kind) ON CONFLICT DO NOTHING
"""
"""Their recipients left the post; the notices of the step are routed again."""

MOOT: Final = """
UPDATE deliveries SET state = 'moot', settled_at = $3, outcome = given.why
FROM unnest($1::text[], $2::text[]) AS given (key, why) WHERE deliveries.key = given.key AND state = 'pending'
"""
"""The record has overtaken them."""

BEFORE: Final = """
SELECT max(number) AS number, min(at) AS first_at, bool_or(outcome = 'unknown') AS unknown
FROM delivery_attempts WHERE bundle_id = $1 HAVING count(*) > 0
"""
"""How often a message was tried, since when, and whether it may have arrived."""

ATTEMPT: Final = """
INSERT INTO delivery_attempts (bundle_id, number, channel, contact_id, epoch, at, items, resent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
"""An attempt that is about to leave."""

SENDING: Final = """
UPDATE deliveries SET state = 'sending', bundle_id = $2, attempts = attempts + 1 WHERE key = ANY ($1) AND state = 'pending'
"""
"""These are in it."""

END: Final = """
UPDATE delivery_attempts SET ended_at = $3, outcome = $4, code = $5, provider_id = $6
WHERE bundle_id = $1 AND number = $2 AND outcome IS NULL RETURNING number
"""
"""How an attempt ended; only the first to say so counts."""

ARE_SENT: Final = """
UPDATE deliveries SET state = 'sent', settled_at = $2, outcome = NULL WHERE key = ANY ($1) AND state = 'sending'
"""
"""The receiver has them."""

AGAIN: Final = (
    "UPDATE deliveries SET state = 'pending', next_at = $2 WHERE key = ANY ($1) AND state = 'sending'"
)
"""Another attempt at an instant."""

FAIL: Final = """
UPDATE deliveries SET state = 'failed', settled_at = $2, outcome = $3
WHERE key = ANY ($1) AND state IN ('pending', 'sending')
"""
"""This channel is given up for them."""

REST: Final = """
UPDATE contact_points SET rests_until = $2 FROM contact_points AS asked
WHERE asked.id = $1 AND contact_points.channel = asked.channel AND contact_points.blind = asked.blind
"""
"""The receiver asked for a rest, as whosever contact point it is."""

NEXT_CONTACT: Final = """
SELECT others.id, others.channel
FROM contact_points AS points JOIN contact_points AS others USING (owner_kind, owner_id)
WHERE points.id = $1 AND others.place > points.place AND others.retired_at IS NULL AND others.verified_at IS NOT NULL
    AND others.channel = ANY ($2)
ORDER BY others.place LIMIT 1
"""
"""The contact point behind this one."""

FALL: Final = """
INSERT INTO deliveries (key, notice_id, case_id, seq, kind, post_id, recipient, channel, contact_id, state, reason, queued_at)
SELECT $1, notice_id, case_id, seq, kind, post_id, recipient, $3, $4, 'pending', $5, $6 FROM deliveries WHERE key = $2
ON CONFLICT DO NOTHING
"""
"""The same on the next channel."""

MUTE: Final = """
UPDATE deliveries SET state = 'muted', settled_at = $2 WHERE key = ANY ($1) AND state = 'pending'
"""
"""Kept to the inbox."""


def message(row: asyncpg.Record) -> Message:
    """A message that waits, of a row of :data:`WAITING`."""
    fields: dict[str, Any] = dict(row)
    for name in ("rests_until", "muted_until", "gone"):
        del fields[name]
    kinds = {"kind": NoticeKind(fields["kind"]), "channel": ChannelName(fields["channel"])}
    return Message(**fields | kinds)
