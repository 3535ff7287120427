"""The brake on mass changes, and telling a person once who holds two posts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import delivery
from domain.delivery import Brake, Told
from domain.notices import Notice, NoticeKind
from tests.delivery.messages import NOON, message, situation

HOLD = timedelta(minutes=30)
MOVED = [message(n, kind=NoticeKind.DUE_MOVED, recipient=f"person:p-{n % 3}") for n in range(201)]


def test_a_mass_change_waits_for_one_digest_per_recipient_and_leaves_by_itself() -> None:
    plan = delivery.plan(MOVED, situation(), NOON + timedelta(minutes=1))
    assert (plan.bundles, plan.held, plan.wake_at) == ((), 201, NOON + HOLD)
    plan = delivery.plan(MOVED, situation(), NOON + HOLD)
    assert (sorted(len(bundle.messages) for bundle in plan.bundles), plan.held) == ([67, 67, 67], 0)


def test_a_few_changes_are_not_braked() -> None:
    assert delivery.braked(MOVED[:200], Brake()) == {}


def test_the_brake_never_holds_what_chases_or_is_urgent() -> None:
    urgent = message(900, kind=NoticeKind.DUE_MOVED, urgent=True)
    overdue = message(901)
    plan = delivery.plan([*MOVED, urgent, overdue], situation(), NOON + timedelta(minutes=1))
    assert {one.key for bundle in plan.bundles for one in bundle.messages} == {urgent.key, overdue.key}


def test_the_brake_can_be_released() -> None:
    released = Brake(released_at=NOON + timedelta(seconds=1))
    plan = delivery.plan(MOVED, situation(brake=released), NOON + timedelta(minutes=1))
    assert (len(plan.bundles), plan.held) == (3, 0)


def _notice(seq: int, number: int, kind: NoticeKind, post: str) -> Notice:
    return Notice(
        id=f"YH-2026-000001.{seq}.{number}",
        case_id="YH-2026-000001",
        seq=seq,
        kind=kind,
        post_id=post,
        at=NOON,
        due_at=NOON,
        leaves_at=NOON,
        urgent=False,
        late=False,
        text="已逾期",
    )


def test_a_person_who_holds_both_posts_is_told_once_of_a_step() -> None:
    both = [_notice(7, n, NoticeKind.REPEAT, post) for n, post in ((1, "ec01-safety"), (2, "ec01-head"))]
    told = [Told(notice=one, recipient="person:p-1", channel="email") for one in both]
    assert [one.notice.id for one in delivery.distinct(told).values()] == ["YH-2026-000001.7.1"]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from([NoticeKind.WORK, NoticeKind.SLIP]),
            st.sampled_from(["person:p-1", "person:p-2"]),
            st.sampled_from(["email", "sms"]),
        )
    )
)
def test_each_step_reason_recipient_and_channel_is_kept_once(
    given_: list[tuple[int, NoticeKind, str, str]],
) -> None:
    told = [
        Told(notice=_notice(seq, n, kind, "post"), recipient=recipient, channel=channel)
        for n, (seq, kind, recipient, channel) in enumerate(given_)
    ]
    assert len(delivery.distinct(told)) == len(set(given_))
