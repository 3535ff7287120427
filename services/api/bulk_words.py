"""What the OpenAPI document calls the schemas of bulk acts and claims, for ``services/api/wording.py``."""

from collections.abc import Mapping
from typing import Final

_ACTS: Final = (
    "Acknowledge",
    "Assign",
    "Confirm",
    "GrantExtension",
    "Noted",
    "Reasoned",
    "Reassign",
    "Start",
    "Supervise",
)

BULK: Final[Mapping[str, str]] = {
    "ClaimView": "谁签领了此件",
    "BulkView": "批量办理的结果",
    "ItemView": "一件的结果",
    **{f"Bulk{name}": "批量办理：哪些隐患，对每一件办理什么" for name in _ACTS},
}
