"""What must hold of a case and of who acts, besides stage and role: one small question per condition of the table.

Invariant: a condition has a code (its value), a Chinese sentence, and a pure answer; nothing else decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.errors import Kind, Refused
from domain.hazard import claims
from domain.hazard.shapes import Case
from domain.hazard.table import Condition, Rule
from domain.hazard.timing import Slip
from domain.hazard.words import PLAN_ITEMS
from domain.people import Actor, Holding, Role
from domain.workdays import Unit

_MESSAGES: Final[Mapping[Condition, str]] = {
    Condition.IMPARTIAL: "与本案有利害关系（本人参与整改或本单位的隐患），须由他人办理",
    Condition.OUTSIDER: "本单位的隐患须由其他单位的人核实",
    Condition.PLAN_READY: "重大隐患须先报送治理方案（五落实）",
    Condition.CONTROLS_READY: "重大隐患须先落实临时管控措施",
    Condition.IN_USE: "场所仍在停用，须先批准恢复使用",
    Condition.NOT_SUSPENDED_YET: "场所已在停用",
    Condition.SUSPENDED: "场所没有停用",
    Condition.SUPERVISED: "该隐患没有挂牌督办",
    Condition.CLOSING_AUTHORITY: "只有指定的销号岗位可以办理",
    Condition.MAJOR: "只有重大隐患可以挂牌督办",
    Condition.REOPENABLE: "已超过反销号期限",
    Condition.RUNNING: "没有正在计时的时限",
    Condition.COUNTED: "指定日期的时限不能暂停",
    Condition.PAUSED: "没有暂停计时",
    Condition.NO_EXTENSION: "已有一份延期申请待审批",
    Condition.EXTENSION: "没有待审批的延期申请",
    Condition.NOT_REQUESTER: "延期申请须由申请人以外的人审批",
    Condition.OVERDUE: "没有逾期，无须签收督办",
    Condition.TOLD: "只有已收到督办的岗位可以签收",
    Condition.FIRST_TIME: "本岗位已签收过这一次逾期",
    Condition.NOT_HELD: "已有岗位签收，督办暂停中",
    Condition.SLIP: "没有待本岗位回复的督办单",
    Condition.WAITING: "只有案件所待办的岗位可以签领",
    Condition.UNCLAIMED: "已由本岗位的另一人签领",
    Condition.CLAIMED: "没有人签领",
    Condition.CLAIMANT: "只有签领人或领导小组可以退领、转交",
}


def failing(
    asked: Sequence[Condition], case: Case, actor: Actor, by: Holding, now: datetime
) -> Condition | None:
    """The first condition that does not hold of ``case`` and of ``actor``, who acts by the post ``by`` at ``now`` (aware)."""
    question = _Question(case, actor, by, now)
    return next((one for one in asked if not _HOLDS[one](question)), None)


def refusal(condition: Condition, case: Case) -> Refused:
    """The refusal where it does not hold of ``case``."""
    if condition is Condition.UNCLAIMED:
        return claims.held(case)
    kind = Kind.NOT_ALLOWED if condition in _PERSONAL else Kind.CONFLICT
    return Refused(kind, condition.value, _MESSAGES[condition])


def named_posts(rule: Rule, case: Case, slip: str | None = None) -> frozenset[str]:
    """The posts that a rule names on this case; none where any post of the role will do.

    ``slip`` is the serial of the supervision slip that is answered, where that is known.
    """
    if slip is not None:
        return frozenset(made.post_id for made in case.slips if made.serial == slip)
    return frozenset().union(*(_NAMED[one](case) for one in rule.conditions if one in _NAMED))


def open_slips(case: Case, actor: Actor) -> tuple[Slip, ...]:
    """The unanswered supervision slips addressed to a post that ``actor`` holds."""
    posts = {holding.post_id for holding in actor.holdings}
    return tuple(slip for slip in case.slips if slip.replied_at is None and slip.post_id in posts)


def plan_gaps(plan: Mapping[str, str] | None) -> tuple[str, ...]:
    """The items of 五落实 that a treatment plan leaves empty, by key."""
    return tuple(key for key in PLAN_ITEMS if not (plan or {}).get(key, "").strip())


@dataclass(frozen=True)
class _Question:
    case: Case
    actor: Actor
    by: Holding
    now: datetime

    @property
    def is_outsider(self) -> bool:
        return self.case.unit_id not in self.actor.unit_ids.union(self.by.barred_units)

    @property
    def posts(self) -> frozenset[str]:
        return frozenset(holding.post_id for holding in self.actor.holdings)


def _told(case: Case) -> frozenset[str]:
    """Who was told that it is late; whoever took it over since knows by taking it over."""
    told = case.running.told if case.running is not None else ()
    return frozenset(told) | ({case.waiting_post} if case.waiting_post is not None else set())


def _unacknowledged(case: Case) -> frozenset[str]:
    return _told(case) - frozenset(case.running.acknowledged if case.running is not None else ())


def _is_impartial(q: _Question) -> bool:
    return q.is_outsider and q.actor.answering(q.by).isdisjoint(q.case.rectifiers)


def _is_reopenable(q: _Question) -> bool:
    return q.case.closed_at is not None and q.now <= q.case.terms.reopen_until(q.case.closed_at)


def _is_counted(q: _Question) -> bool:
    return q.case.running is not None and q.case.running.limit.unit is not Unit.NAMED_DATE


def _is_claimant(q: _Question) -> bool:
    command = any(held.role in (Role.OFFICE, Role.LEADER) for held in q.actor.holdings)
    return command or (q.case.claim is not None and q.case.claim.person_id == q.actor.person_id)


def _is_other_person(q: _Question) -> bool:
    asked = q.case.pending_extension
    return asked is None or q.actor.answering(q.by).isdisjoint({asked.requested_by, asked.requested_for})


_PERSONAL: Final = frozenset(
    {
        Condition.IMPARTIAL,
        Condition.OUTSIDER,
        Condition.CLOSING_AUTHORITY,
        Condition.NOT_REQUESTER,
        Condition.TOLD,
        Condition.SLIP,
        Condition.WAITING,
        Condition.CLAIMANT,
    }
)
_NAMED: Final[Mapping[Condition, Callable[[Case], frozenset[str]]]] = {
    Condition.CLOSING_AUTHORITY: lambda case: frozenset({case.closing_authority}),
    Condition.FIRST_TIME: _unacknowledged,
    Condition.WAITING: lambda case: frozenset({case.waiting_post} if case.waiting_post else ()),
    Condition.CLAIMANT: lambda case: frozenset({case.claim.post_id} if case.claim else ()),
    Condition.SLIP: lambda case: frozenset(slip.post_id for slip in case.slips if slip.replied_at is None),
}
_HOLDS: Final[Mapping[Condition, Callable[[_Question], bool]]] = {
    Condition.IMPARTIAL: _is_impartial,
    Condition.OUTSIDER: lambda q: q.is_outsider,
    Condition.PLAN_READY: lambda q: not q.case.major or not plan_gaps(q.case.plan),
    Condition.CONTROLS_READY: lambda q: not q.case.major or bool(q.case.controls),
    Condition.IN_USE: lambda q: not q.case.suspended,
    Condition.NOT_SUSPENDED_YET: lambda q: not q.case.suspended,
    Condition.SUSPENDED: lambda q: q.case.suspended,
    Condition.SUPERVISED: lambda q: q.case.supervision is not None,
    Condition.CLOSING_AUTHORITY: lambda q: q.case.closing_authority in q.posts,
    Condition.MAJOR: lambda q: q.case.major,
    Condition.REOPENABLE: _is_reopenable,
    Condition.RUNNING: lambda q: q.case.running is not None and not q.case.paused,
    Condition.COUNTED: _is_counted,
    Condition.PAUSED: lambda q: q.case.paused,
    Condition.NO_EXTENSION: lambda q: q.case.pending_extension is None,
    Condition.EXTENSION: lambda q: q.case.pending_extension is not None,
    Condition.NOT_REQUESTER: _is_other_person,
    Condition.OVERDUE: lambda q: q.case.running is not None and q.case.running.breached_at is not None,
    Condition.TOLD: lambda q: bool(q.posts & _told(q.case)),
    Condition.FIRST_TIME: lambda q: bool(q.posts & _unacknowledged(q.case)),
    Condition.NOT_HELD: lambda q: q.case.acknowledgement is None,
    Condition.SLIP: lambda q: bool(open_slips(q.case, q.actor)),
    Condition.WAITING: lambda q: q.case.waiting_post in q.posts,
    Condition.UNCLAIMED: lambda q: q.case.claim is None,
    Condition.CLAIMED: lambda q: q.case.claim is not None,
    Condition.CLAIMANT: _is_claimant,
}
