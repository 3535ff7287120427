"""The words of a bulletin (通报): its states, its kinds, and what people do with it.

Source: 党政机关公文处理工作条例 (中办发〔2012〕14号): 拟稿、核稿、签发、登记、印发; domain facts 2.8.
"""

from enum import StrEnum
from typing import Final


class BulletinState(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    ISSUED = "issued"
    CORRECTED = "corrected"
    SUPPLEMENTED = "supplemented"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _STATES[self]

    @property
    def in_force(self) -> bool:
        """Whether it was issued and not taken back."""
        return self in IN_FORCE


State = BulletinState

_STATES: Final = {
    State.DRAFT: "拟稿",
    State.REVIEWED: "已核稿",
    State.SIGNED: "已签发",
    State.ISSUED: "已印发",
    State.CORRECTED: "已更正",
    State.SUPPLEMENTED: "已补充",
    State.WITHDRAWN: "已撤销",
}
IN_FORCE: Final = frozenset({State.ISSUED, State.CORRECTED, State.SUPPLEMENTED})
BEFORE_ISSUE: Final = frozenset({State.DRAFT, State.REVIEWED, State.SIGNED})


class BulletinKind(StrEnum):
    """What a bulletin is about: a collection, or another bulletin."""

    BULLETIN = "bulletin"
    CORRECTION = "correction"
    SUPPLEMENT = "supplement"

    @property
    def label(self) -> str:
        """The term that people use."""
        return {"bulletin": "通报", "correction": "更正通报", "supplement": "补充通报"}[self.value]


class BulletinAction(StrEnum):
    """What people do with a bulletin."""

    AMEND = "amend"
    DECIDE = "decide"
    REVIEW = "review"
    RETURN = "return"
    SIGN = "sign"
    ISSUE = "issue"
    CORRECT = "correct"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _ACTIONS[self]


Action = BulletinAction

_ACTIONS: Final = {
    Action.AMEND: "修改文稿",
    Action.DECIDE: "认定材料不合格",
    Action.REVIEW: "核稿",
    Action.RETURN: "退回修改",
    Action.SIGN: "签发",
    Action.ISSUE: "印发",
    Action.CORRECT: "拟更正通报",
    Action.SUPPLEMENT: "拟补充通报",
    Action.WITHDRAW: "撤销",
    Action.PUBLISH: "登记公开发布",
}

DRAFTED: Final = "draft"
"""The first change of a bulletin."""
AUTOMATIC: Final = "sign_by_policy"
"""The change by which a policy signs."""
AMENDED: Final = {BulletinKind.CORRECTION: "corrected", BulletinKind.SUPPLEMENT: "supplemented"}
"""The change of a bulletin that another one, now issued, is about."""

STEP_LABELS: Final = {
    DRAFTED: "拟稿",
    AUTOMATIC: "按规定自动核稿、签发",
    "corrected": "已由更正通报更正",
    "supplemented": "已由补充通报补充",
    **{action.value: action.label for action in Action},
}
