"""``bihuan token``: a bearer token for somebody of the sample, by post."""

from datetime import timedelta

from deploy.processes import StackError
from deploy.sample.district import DISTRICT
from services import bootstrap, clock
from services.settings import Settings


def issue(settings: Settings, post: str, *, number: int, days: int) -> str:
    """A token for the ``number``-th (from 1) holder of ``post`` in the sample, valid for ``days`` days.

    Raises ``StackError`` naming the posts when there is no such post or holder, and outside development.
    """
    tokens = bootstrap.token_key(settings)
    if not tokens.sessionless:
        raise StackError("示例令牌仅限开发环境（BIHUAN_ENVIRONMENT=development），请以本人账号登录。")
    seats = {row["id"]: row.get("bound_to", row["id"]) for row in DISTRICT["posts"]}
    holders = [row["person_id"] for row in DISTRICT["holders"] if row["post_id"] == seats.get(post)]
    if not holders:
        posts = "、".join(row["id"] for row in DISTRICT["posts"])
        raise StackError(f"示例中没有岗位 {post}。可用的岗位：{posts}。")
    if number > len(holders):
        raise StackError(f"示例中岗位 {post} 只有 {len(holders)} 名在任者。")
    return tokens.issue(holders[number - 1], clock.real(), timedelta(days=days))
