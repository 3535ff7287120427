"""May this be done? The pure check behind the update validator, ``allowed_actions`` and the API's refusals.

Invariant: :func:`check` changes nothing and raises :class:`~domain.errors.Refused` for everything that the table,
the separation of duties or the evidence rules do not allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.errors import Kind, Refused
from domain.evidence import EvidenceKind
from domain.hazard import claims, conditions, until
from domain.hazard.conditions import plan_gaps
from domain.hazard.shapes import Case, Command
from domain.hazard.table import TRANSITIONS, Condition, Rule
from domain.hazard.words import PLAN_ITEMS, Action, Stage
from domain.people import Actor, Holding, Role

MOST_EVIDENCE: Final = 200
"""Files cited by one case; its state is carried by every step."""

MOST_CONTROLS: Final = 50
"""Interim control measures of one case, for the same reason."""

MOST_EXTENSIONS: Final = 20
"""Requests for more time of one case, for the same reason."""

_OF_STAGE: Final[Mapping[Stage, tuple[tuple[Action, Rule], ...]]] = {
    stage: tuple((action, rule) for action in Action if (rule := TRANSITIONS.get((stage, action))))
    for stage in Stage
}
"""What the table allows in a stage, in the order of the loop."""

_NEED_LABELS: Final[Mapping[str, str]] = {
    "reason": "理由",
    "note": "情况说明",
    "into": "并入的案号",
    "department": "接收部门",
    "receipt_number": "移交回执号",
    "post": "整改责任岗位",
    "plan": "治理方案",
    "grade": "隐患等级",
    "supervision": "督办信息",
    "until": "日期",
    "slip": "督办单号",
    "successor": "接手人",
}


def check(case: Case, command: Command, now: datetime) -> tuple[Rule, Holding]:
    """The rule that allows ``command`` and the post by which it is done.

    Raises:
        Refused: ``role_required`` or ``separation_of_duties`` (not allowed), ``wrong_stage``, or a conflict that
            names what lacks (``evidence_missing``, ``field_missing``, ``plan_missing`` …).
    """
    case = claims.in_force(case, command.lapsed)
    check_role(case, command.action, command.actor)
    rule = TRANSITIONS.get((case.stage, command.action))
    if rule is None:
        raise Refused(
            Kind.WRONG_STAGE,
            "wrong_stage",
            f"“{case.stage.label}”的隐患不能{command.action.label}",
            stage=case.stage.value,
            action=command.action.value,
        )
    holding, failing = _way(rule, case, command.actor, now, command.slip)
    if holding is None:
        raise role_required(rule.by)
    if failing is not None:
        raise conditions.refusal(failing, case)
    claims.check_successor(case, command)
    _check_needs(rule, command)
    _check_evidence(case, command)
    _check_grade(case, command)
    until.check(case, command, now)
    _check_slip(case, command)
    _check_room(case, command)
    return rule, holding


def check_role(case: Case, action: Action, actor: Actor) -> None:
    """Refuse somebody who may not do ``action`` in any stage. Raises ``Refused`` (``role_required``)."""
    able = frozenset().union(*(rule.by for (_, named), rule in TRANSITIONS.items() if named is action))
    if actor.capacity(able, case.unit_id) is None:
        raise role_required(able)


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """One action open to the asker now, with what it needs."""

    action: Action
    post_id: str
    needs: tuple[str, ...]
    evidence: tuple[str, ...]


def allowed_actions(case: Case, actor: Actor, now: datetime) -> tuple[Allowed, ...]:
    """What ``actor`` may do to ``case`` at ``now``, in the order of the loop."""
    found = []
    for action, rule in _OF_STAGE[case.stage]:
        holding, failing = _way(rule, case, actor, now)
        if holding is not None and failing is None:
            evidence = missing_evidence(case, action, frozenset())
            found.append(Allowed(action=action, post_id=holding.post_id, needs=rule.needs, evidence=evidence))
    return tuple(found)


def missing_evidence(case: Case, action: Action, given: frozenset[str]) -> tuple[str, ...]:
    """The kinds of evidence that ``action`` still lacks; a photo of the state before counts from earlier on."""
    before = {EvidenceKind.BEFORE_PHOTO.value} & {evidence.kind.value for evidence in case.evidence}
    return tuple(kind for kind in case.terms.evidence.get(action.value, ()) if kind not in given | before)


def _way(
    rule: Rule, case: Case, actor: Actor, now: datetime, slip: str | None = None
) -> tuple[Holding | None, Condition | None]:
    """The post by which it would be done, if there is one, and the first condition that then does not hold, if any.

    A named post, where the rule asks for it and the actor holds it. Of several the first by which it may be done: whoever
    is barred in somebody's name may still act in the own.
    """
    able = actor.capacities(rule.by, case.unit_id)
    if not able:
        return None, None
    named = conditions.named_posts(rule, case, slip)
    able = tuple(held for held in able if held.post_id in named) or able
    failings = []
    for held in able:
        failing = _failing(rule, case, actor, held, now)
        if failing is None:
            return held, None
        failings.append(failing)
    return able[0], failings[0]


def _failing(rule: Rule, case: Case, actor: Actor, by: Holding, now: datetime) -> Condition | None:
    """The first condition of a rule that does not hold, if any; somebody else's claim is in the way like one."""
    if claims.binds(case, rule, actor, by):
        return Condition.UNCLAIMED
    return conditions.failing(rule.conditions, case, actor, by, now)


def role_required(roles: frozenset[Role]) -> Refused:
    """The refusal of somebody who holds none of ``roles``."""
    ordered = [role for role in Role if role in roles]
    labels = "、".join(role.label for role in ordered)
    return Refused(
        Kind.NOT_ALLOWED,
        "role_required",
        f"需要以下岗位之一：{labels}",
        roles=[role.value for role in ordered],
    )


def _check_needs(rule: Rule, command: Command) -> None:
    lacking = [need for need in rule.needs if not _given(getattr(command, need))]
    if lacking:
        names = "、".join(_NEED_LABELS[need] for need in lacking)
        raise Refused(Kind.INVALID, "field_missing", f"缺少：{names}", fields=lacking)
    if "plan" in rule.needs and (gaps := plan_gaps(command.plan)):
        names = "、".join(PLAN_ITEMS[key] for key in gaps)
        raise Refused(Kind.INVALID, "plan_incomplete", f"治理方案缺少：{names}", fields=gaps)


def _given(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _check_evidence(case: Case, command: Command) -> None:
    given = frozenset(evidence.kind.value for evidence in command.evidence)
    if lacking := missing_evidence(case, command.action, given):
        names = "、".join(EvidenceKind(kind).label for kind in lacking)
        raise Refused(Kind.CONFLICT, "evidence_missing", f"缺少佐证材料：{names}", evidence=lacking)


def _check_grade(case: Case, command: Command) -> None:
    if command.grade and not command.grade.major and case.supervision is not None:
        raise Refused(Kind.CONFLICT, "supervised", "挂牌督办期间不得降级，须先解除挂牌", field="level")


def _check_slip(case: Case, command: Command) -> None:
    if command.action is not Action.REPLY:
        return
    if command.slip not in {slip.serial for slip in conditions.open_slips(case, command.actor)}:
        raise Refused(Kind.CONFLICT, "slip_unknown", "没有这份待本岗位回复的督办单", field="slip")


def _check_room(case: Case, command: Command) -> None:
    if len(case.evidence) + len(command.evidence) > MOST_EVIDENCE:
        raise Refused(Kind.CONFLICT, "case_full", f"每案佐证材料不超过 {MOST_EVIDENCE} 份", field="evidence")
    if command.action is Action.CONTROL and len(case.controls) >= MOST_CONTROLS:
        raise Refused(Kind.CONFLICT, "case_full", f"每案临时管控措施不超过 {MOST_CONTROLS} 条", field="note")
    if command.action is Action.EXTEND and len(case.extensions) >= MOST_EXTENSIONS:
        raise Refused(Kind.CONFLICT, "case_full", f"每案延期申请不超过 {MOST_EXTENSIONS} 次", field="until")
