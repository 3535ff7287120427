"""Who is told of a step of a bulletin: the post that it waits on now.

Invariant: a notice names no person and says no more than where the bulletin stands; units hear of a bulletin when it is
issued, by the list of its audience.
"""

from datetime import datetime

from domain.audit import Entry
from domain.bulletin.shapes import Bulletin
from domain.bulletin.words import State
from domain.notices import Notice, NoticeKind


def waiting_post(bulletin: Bulletin) -> str | None:
    """The post that has to act on it next, if any has."""
    if bulletin.state is State.REVIEWED:
        return bulletin.leader_post
    return bulletin.office_post if bulletin.state in (State.DRAFT, State.SIGNED) else None


def waits_for(bulletin: Bulletin) -> str:
    """What it waits for, in words."""
    if bulletin.state is State.DRAFT:
        undecided = f"，有 {len(bulletin.undecided)} 家材料不合格的单位须认定" if bulletin.undecided else ""
        return f"待核稿{undecided}"
    return {State.REVIEWED: "待签发", State.SIGNED: "待印发"}.get(bulletin.state, bulletin.state.label)


def of_step(before: Bulletin | None, after: Bulletin, entry: Entry) -> tuple[Notice, ...]:
    """The notices of a step that moved the bulletin on."""
    post = waiting_post(after)
    if post is None or (before is not None and before.state is after.state):
        return ()
    return (
        notice(
            after,
            entry.seq,
            NoticeKind.WORK,
            post,
            f"{after.id}《{after.title}》{waits_for(after)}",
            entry.at,
        ),
    )


def notice(
    bulletin: Bulletin, seq: int, kind: NoticeKind, post: str, text: str, at: datetime, place: str = "1"
) -> Notice:
    """One notice about a bulletin to one post; ``place`` tells several of one step apart."""
    return Notice(
        id=f"{bulletin.id}.{seq}.{place}",
        case_id=bulletin.id,
        seq=seq,
        kind=kind,
        post_id=post,
        at=at,
        due_at=at,
        leaves_at=at,
        urgent=False,
        late=False,
        text=text,
    )


def issued(bulletin: Bulletin) -> str:
    """What every unit of the audience is told."""
    return f"《{bulletin.title}》（{bulletin.number}）已印发，请阅并签收"


def chased(bulletin: Bulletin) -> str:
    """What a unit is told that has not read it."""
    return f"《{bulletin.title}》（{bulletin.number}）贵单位尚未签收，请尽快阅知并签收"


def withdrawn(bulletin: Bulletin) -> str:
    """What every unit of the audience is told of a bulletin that was taken back."""
    return f"《{bulletin.title}》（{bulletin.number}）已撤销，请勿再引用"
