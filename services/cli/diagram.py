"""``bihuan diagram``: the transition table as a picture and a list, for the docs.

Invariant: everything comes from :data:`domain.hazard.TRANSITIONS`; nothing is drawn by hand.
"""

from collections.abc import Iterator

from domain.hazard import OPEN_STAGES, TRANSITIONS, Action, Condition, Rule, Stage
from domain.people import Role

_HEAD = """# 隐患流转图（由 `bihuan diagram` 生成）

```mermaid
stateDiagram-v2
    [*] --> reported: 发现上报
"""
_CONDITIONS = {
    Condition.IMPARTIAL: "职责分离",
    Condition.OUTSIDER: "非本单位",
    Condition.PLAN_READY: "重大须有治理方案",
    Condition.CONTROLS_READY: "重大须有临时管控",
    Condition.IN_USE: "未停用",
    Condition.NOT_SUSPENDED_YET: "尚未停用",
    Condition.SUSPENDED: "已停用",
    Condition.SUPERVISED: "已挂牌",
    Condition.CLOSING_AUTHORITY: "指定的销号岗位",
    Condition.MAJOR: "限重大",
    Condition.REOPENABLE: "反销号期限内",
    Condition.RUNNING: "正在计时",
    Condition.COUNTED: "非指定日期",
    Condition.PAUSED: "已暂停",
    Condition.NO_EXTENSION: "无待批延期",
    Condition.EXTENSION: "有待批延期",
    Condition.NOT_REQUESTER: "非申请人本人",
    Condition.OVERDUE: "已逾期",
    Condition.TOLD: "已收到督办",
    Condition.FIRST_TIME: "本岗位首次签收",
    Condition.NOT_HELD: "督办未暂停",
    Condition.SLIP: "有待本岗位回复的督办单",
    Condition.WAITING: "待办岗位",
    Condition.UNCLAIMED: "无人签领",
    Condition.CLAIMED: "已签领",
    Condition.CLAIMANT: "签领人或领导小组",
}


def text() -> str:
    """The page: a Mermaid state diagram and a table of every rule."""
    return _HEAD + "".join(f"{line}\n" for line in _diagram()) + "```\n\n" + "\n".join(_table()) + "\n"


def _diagram() -> Iterator[str]:
    for stage in Stage:
        yield f"    {stage.value}: {stage.label}"
    for (stage, action), rule in TRANSITIONS.items():
        for to, note in ((rule.to, ""), (rule.to_if_major, "（重大）"), (rule.to_if_fixed, "（立行立改）")):
            if to is not None:
                yield f"    {stage.value} --> {to.value}: {action.label}{note}"
    for stage in Stage:
        if stage not in OPEN_STAGES:
            yield f"    {stage.value} --> [*]"


def _table() -> Iterator[str]:
    yield "| 环节 | 事项 | 之后 | 由谁 | 必填 | 条件 |"
    yield "|---|---|---|---|---|---|"
    for (stage, action), rule in sorted(TRANSITIONS.items(), key=_order):
        roles = "、".join(role.label for role in Role if role in rule.by)
        conditions = "、".join(_CONDITIONS[condition] for condition in rule.conditions) or "—"
        needs = "、".join(f"`{need}`" for need in rule.needs) or "—"
        action_text = f"{action.label} `{action.value}`"
        yield f"| {stage.label} | {action_text} | {_after(rule)} | {roles} | {needs} | {conditions} |"


def _after(rule: Rule) -> str:
    if rule.to is None:
        return "不变"
    major = f"（重大：{rule.to_if_major.label}）" if rule.to_if_major else ""
    fixed = f"（立行立改：{rule.to_if_fixed.label}）" if rule.to_if_fixed else ""
    return f"{rule.to.label}{major}{fixed}"


def _order(item: tuple[tuple[Stage, Action], Rule]) -> tuple[int, int]:
    (stage, action), _rule = item
    return list(Stage).index(stage), list(Action).index(action)
