"""What a supervisor reads in the Temporal UI: a sentence on every wait and effect, and a case card.

Invariant: everything here is a pure text of a case; it names posts, never people.
"""

from datetime import datetime
from typing import Final

from domain import hazard
from domain.hazard import Case, Change, Stage, telling

_WAITS_ON: Final = {
    Stage.REPORTED: "督导组",
    Stage.CONFIRMED: "领导小组办公室",
    Stage.ASSIGNED: "责任单位",
    Stage.RECTIFYING: "责任单位",
    Stage.VERIFYING: "督导组",
    Stage.AWAITING_CLOSURE: "指定的销号领导",
}


def summary(case: Case) -> str:
    """One line that tells the case from the others in a list."""
    return f"{_grade(case)}隐患｜{case.unit_name}｜{case.place}"


def act(change: Change) -> str:
    """One line for the recording of a change."""
    label = hazard.ACTION_LABELS[change.entry.action]
    return f"第{change.entry.seq}条留痕：{label}，现为“{change.case.stage.label}”"


def wait(case: Case) -> str:
    """One line for the timer: what the clock does next, and when."""
    coming = hazard.next_step(case)
    if coming is None:
        return f"“{case.stage.label}”：{'暂停计时' if case.paused else '没有时限'}"
    return f"下一步：{_local(case, coming.at)} {coming.kind.label}"


def details(case: Case) -> str:
    """What stays true of a case from its start, in Markdown, for the workflow's static details."""
    return "\n".join(
        [
            f"- 上报：{_local(case, case.reported_at)}，岗位 {case.reported_post}",
            f"- 适用政策版本：{case.terms.version}",
            f"- 案卷与留痕以数据库为准：GET /v1/hazards/{case.id}/timeline",
        ]
    )


def card(case: Case, last: Change | None = None) -> str:
    """The case card, in Markdown, for the workflow's current details; ``last`` is the step just recorded."""
    lines = [
        f"### {case.id}　{case.stage.label}{'　**已逾期**' if case.overdue else ''}",
        f"- 单位：{case.unit_name}　地点：{case.place}",
        f"- 等级：{_grade(case)}　类别：{case.category_label or case.category}",
        f"- 隐患：{case.description}",
        f"- 待办：{_waits_on(case)}",
        f"- {telling.spoken_limit(case)}",
        f"- {wait(case)}",
        f"- 整改轮次：第 {case.cycle} 周期，共 {len(case.rounds)} 轮　逾期次数：{case.overdue_count}",
    ]
    if last is not None:
        label = hazard.ACTION_LABELS[last.entry.action]
        lines.append(f"- 上一步：{label}（{_local(case, last.entry.at)}）")
    if flags := _flags(case):
        lines.append(f"- 标记：{'、'.join(flags)}")
    return "\n".join(lines)


def _grade(case: Case) -> str:
    return "重大" if case.major else "一般"


def _waits_on(case: Case) -> str:
    if case.waiting_post is None:
        return "无（已结案）"
    return f"{_WAITS_ON[case.stage]}（岗位 {case.waiting_post}）"


def _flags(case: Case) -> list[str]:
    supervision = case.supervision
    return [
        *([f"{case.colour.label}督办"] if case.colour else []),
        *(["暂停计时"] if case.paused else []),
        *(["延期待审批"] if case.pending_extension else []),
        *([f"已签收（岗位 {case.acknowledgement.post_id}）"] if case.acknowledgement else []),
        *(["立行立改"] if case.fixed_on_spot else []),
        *(["停用"] if case.suspended else []),
        *([f"挂牌督办（{supervision.level}，{supervision.document_number}）"] if supervision else []),
        *([f"重复隐患（前案 {case.repeat_of}）"] if case.repeat_of else []),
        *([f"并入 {case.merged_into}"] if case.merged_into else []),
        *([f"移交 {case.transferred_to}"] if case.transferred_to else []),
    ]


def _local(case: Case, instant: datetime) -> str:
    local = case.terms.local(instant)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
