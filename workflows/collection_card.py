"""What a supervisor reads of a collection in the Temporal UI: a board, and a sentence on every wait and effect.

Invariant: everything here is a pure text of the board; it names no unit and no person.
"""

from domain.collection import Board, spoken


def summary(title: str, kind_label: str) -> str:
    """One line that tells the collection from the others in a list."""
    return f"{kind_label}｜{title}"


def wait(board: Board) -> str:
    """One line for the timer: what the clock does next, and when."""
    if board.coming_at is None:
        return "没有下一步"
    return f"下一步：{board.window.spoken(board.coming_at)} {board.coming}"


def effect(board: Board) -> str:
    """One line for the taking of a step."""
    if board.may_end_early:
        return "已收齐：固定名单，提前截止"
    return f"办理：{board.coming}"


def details(board: Board) -> str:
    """The board, in Markdown, for the workflow's current details."""
    window, counts = board.window, board.counts
    rate = f"{counts.on_time / counts.due:.1%}" if counts.due else "—"
    lines = [
        f"### {board.collection_id}　{board.title}　{board.phase.label}{'（提前收齐）' if board.ended_early else ''}",
        f"- **{spoken(counts)}**　按时率 {rate}",
        f"- 到期：{window.spoken(window.due_at)}　截止：{window.spoken(window.cut_off_at)}",
        f"- {wait(board)}" if board.coming_at else f"- {board.phase.label}，名单已固定",
        f"- 依据：{board.basis}　联系岗位：{board.contact_post}",
        f"- 名单与明细以数据库为准：GET /v1/collections/{board.collection_id}/status",
    ]
    if board.undrafted:
        lines.append("- 正在起草通报")
    return "\n".join(lines)
