"""Who may do what to what is sent: one's own work, notices and channels, deliveries, events and webhooks.

Invariant: what is addressed to a person is that person's; what everybody is sent by is edited as everything else is.
"""

from collections.abc import Mapping
from typing import Final

from domain.access.rows import CASES, EDIT, EDITORS_SEE, MINE, Row

MESSAGES: Final[Mapping[str, Row]] = {
    "list_my_work": MINE,
    "list_my_notices": MINE,
    "acknowledge_notice": MINE,
    "list_contact_points": MINE,
    "add_contact_point": MINE,
    "send_contact_code": MINE,
    "verify_contact_point": MINE,
    "test_contact_point": MINE,
    "mute_contact_point": MINE,
    "retire_contact_point": MINE,
    "list_deliveries": EDITORS_SEE,
    "release_delivery_brake": EDIT,
    "list_message_templates": EDITORS_SEE,
    "put_message_template": EDIT,
    "list_events": CASES,
    "create_webhook": EDIT,
    "list_webhooks": EDIT,
    "get_webhook": EDIT,
    "change_webhook": EDIT,
    "pause_webhook": EDIT,
    "resume_webhook": EDIT,
    "test_webhook": EDIT,
    "replay_webhook": EDIT,
    "replace_webhook_secret": EDIT,
    "remove_webhook": EDIT,
    "list_webhook_deliveries": EDIT,
}
