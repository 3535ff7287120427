"""Delivery (送达): which notices leave now, to whom, in one message or several, and which do not leave at all.

Invariant: pure functions over lists of messages; what they decide depends on nothing but their arguments, so an outage, a
kill or a replay decides the same. Call through this package: ``delivery.plan(messages, situation, now)``.
"""

from domain.delivery.brake import Brake, braked
from domain.delivery.bundling import Bundle, Pace, ready
from domain.delivery.channels import SPECS, Spec
from domain.delivery.digests import SHORTEST, body, fit
from domain.delivery.duplicates import Told, distinct
from domain.delivery.fallback import DEAD_AFTER, Outcome, after_failure
from domain.delivery.messages import ChannelName, DeliveryState, Message, key_of
from domain.delivery.muting import withheld
from domain.delivery.planning import Plan, Situation, plan
from domain.delivery.quiet import leaves
from domain.delivery.suppression import Later, moot
from domain.delivery.throttles import Limits, Window, allowed_at

__all__ = [
    "DEAD_AFTER",
    "SHORTEST",
    "SPECS",
    "Brake",
    "Bundle",
    "ChannelName",
    "DeliveryState",
    "Later",
    "Limits",
    "Message",
    "Outcome",
    "Pace",
    "Plan",
    "Situation",
    "Spec",
    "Told",
    "Window",
    "after_failure",
    "allowed_at",
    "body",
    "braked",
    "distinct",
    "fit",
    "key_of",
    "leaves",
    "moot",
    "plan",
    "ready",
    "withheld",
]
