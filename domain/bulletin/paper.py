"""The words that fill a bulletin's template: every number, date and list as text, in the terms of the vocabulary.

Invariant: what is said follows from the bulletin and its list alone, so the same bulletin always reads the same; units and
posts are named, people and their numbers never.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from domain.bulletin import numbers, personal
from domain.bulletin.naming import naming, rate
from domain.bulletin.shapes import Bulletin, Ruling, Values
from domain.bulletin.words import BulletinKind
from domain.collection import Frozen, Outcome, Standing

INLINE: Final = 8
"""Units of a kind that the text itself names; more stand in the annex only."""
LISTED: Final = 3000
"""Units that the annexes of one document list; more stand in the spreadsheet beside it."""
_TITLES: Final = {
    "迟报": "迟报单位名单",
    "未报": "未报单位名单",
    "不合格": "材料不合格单位名单",
    "调整": "经批准延期或免报的单位",
    "更正": "更正内容",
    "补充": "补报单位名单",
}
_UNSIGNED: Final = ("发文字号", "成文日期", "印发日期")
"""What is not there yet when a bulletin is signed."""

Rows = Sequence[Mapping[str, str]]


def values(bulletin: Bulletin, frozen: Frozen) -> Values:
    """What fills the template of this bulletin; what is not decided yet says so."""
    rows_of = lists(bulletin, frozen)
    long = sum(map(len, rows_of.values())) > LISTED
    shown = {name: [] if long else _numbered(rows) for name, rows in rows_of.items()}
    annexes = [name for name in _TITLES if shown[name]]
    policy, offset = bulletin.policy, bulletin.utc_offset_minutes
    signed = numbers.day(bulletin.signed_at, offset) if bulletin.signed_at else "（签发日期）"
    return {
        "发文机关标志": policy.flag,
        "发文字号": bulletin.number or f"（{bulletin.state.label}，未编号）",
        "标题": bulletin.title,
        "主送机关": policy.addressees,
        "依据": bulletin.basis,
        "事项": bulletin.subject,
        "截止时间": bulletin.due,
        "统计时刻": bulletin.counted,
        **_counted(bulletin),
        "点名": _sentences(bulletin, frozen, rows_of, long=long),
        "要求": list(bulletin.demands),
        **_annexes(annexes),
        **{f"{name}名单": rows for name, rows in shown.items()},
        "署名": policy.organ,
        "成文日期": signed,
        "抄送机关": policy.copies_to or "",
        "印发机关": policy.printer,
        "印发日期": numbers.day(bulletin.issued_at, offset) if bulletin.issued_at else "（印发日期）",
        "原通报": {
            "标题": bulletin.about_title or "",
            "文号": bulletin.about_number or "",
            "成文日期": bulletin.about_date or "",
        },
    }


def text_hash(told: Values) -> str:
    """SHA-256 (hex) of all that a signature covers: the text without number and dates, which come later."""
    signed = {name: value for name, value in told.items() if name not in _UNSIGNED}
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def named(bulletin: Bulletin) -> int:
    """How many lines the lists of a bulletin have, those of adjusted times left out."""
    if bulletin.kind is not BulletinKind.BULLETIN:
        return len(bulletin.rulings)
    return bulletin.counts.late + bulletin.counts.missing + sum(one.named for one in bulletin.decisions)


def _counted(bulletin: Bulletin) -> dict[str, str]:
    counts = bulletin.counts
    return {
        "应报": str(counts.due),
        "按时": str(counts.on_time),
        "迟报": str(counts.late),
        "未报": str(counts.missing),
        "不合格": str(counts.defective),
        "豁免": str(counts.exempt),
        "按时率": rate(counts),
    }


def lists(bulletin: Bulletin, frozen: Frozen) -> dict[str, Rows]:
    """Every list with its rows; those of the other kinds of bulletin are empty."""
    found: dict[str, Rows] = dict.fromkeys(_TITLES, ())
    offset = bulletin.utc_offset_minutes
    if bulletin.kind is BulletinKind.CORRECTION:
        return found | {"更正": [_ruling(one, offset) for one in bulletin.rulings]}
    if bulletin.kind is BulletinKind.SUPPLEMENT:
        return found | {"补充": [_ruling(one, offset) for one in bulletin.rulings]}
    named = naming(frozen.standings, bulletin.decisions)
    reasons = {one.unit_id: one.reason for one in bulletin.decisions}
    return found | {
        "迟报": [_row(one, offset) for one in named.late],
        "未报": [_row(one, offset) for one in named.missing],
        "不合格": [_row(one, offset, reasons[one.unit_id]) for one in named.defective],
        "调整": [_row(one, offset, personal.concealed(one.basis or "")) for one in named.adjusted],
    }


def _row(standing: Standing, offset: int, note: str = "") -> dict[str, str]:
    exempt = standing.outcome is Outcome.EXEMPT
    return {
        "单位": standing.unit_name,
        "收到时间": numbers.moment(standing.received_at, offset) if standing.received_at else "",
        "迟报时长": numbers.span(standing.late_minutes) if standing.late_minutes is not None else "",
        "调整": "免报" if exempt else f"延期至{numbers.moment(standing.due_at, offset)}",
        "原列": "",
        "现列": "",
        "说明": note,
    }


def _ruling(ruling: Ruling, offset: int) -> dict[str, str]:
    return {
        "单位": ruling.unit_name,
        "收到时间": numbers.moment(ruling.received_at, offset) if ruling.received_at else "",
        "迟报时长": numbers.span(ruling.late_minutes) if ruling.late_minutes is not None else "",
        "调整": "",
        "原列": ruling.was.label,
        "现列": ruling.becomes.label,
        "说明": ruling.reason,
    }


def _numbered(rows: Rows) -> list[dict[str, str]]:
    return [{"序号": str(number), **row} for number, row in enumerate(rows, start=1)]


def _sentences(bulletin: Bulletin, frozen: Frozen, lists: Mapping[str, Rows], *, long: bool) -> list[str]:
    """What the text itself says of single units."""
    if long:
        return [f"有关单位名单较长，见随文电子表格（名单校验值{frozen.hash[:16]}）。"]
    if bulletin.kind is not BulletinKind.BULLETIN:
        return [_of_ruling(one, bulletin.utc_offset_minutes) for one in bulletin.rulings[:INLINE]]
    return [
        *_of(lists["迟报"], "迟报的单位", lambda row: f"（迟报{row['迟报时长']}）"),
        *_of(lists["未报"], "未报的单位", lambda _row: ""),
        *_of(lists["不合格"], "材料不合格的单位", lambda _row: ""),
    ]


def _of(rows: Rows, what: str, note: Any) -> Iterable[str]:
    if rows:
        named = "、".join(f"{row['单位']}{note(row)}" for row in rows)
        yield f"{what}：{named}。" if len(rows) <= INLINE else f"{what}共{len(rows)}家，名单见附件。"


def _of_ruling(ruling: Ruling, offset: int) -> str:
    came = f"于{numbers.moment(ruling.received_at, offset)}报送，" if ruling.received_at else ""
    late = f"（迟报{numbers.span(ruling.late_minutes)}）" if ruling.late_minutes is not None else ""
    return f"{ruling.unit_name}：原列为“{ruling.was.label}”，{came}现列为“{ruling.becomes.label}”{late}。"


def _annexes(names: Sequence[str]) -> dict[str, Any]:
    """The lines that name the annexes, and what each is called where it stands."""
    single = len(names) == 1
    lines = [
        _TITLES[name] if single else f"{place}. {_TITLES[name]}" for place, name in enumerate(names, start=1)
    ]
    return {
        "附件首": [f"附件：{line}" for line in lines[:1]],
        "附件续": lines[1:],
        "附件号": dict.fromkeys(_TITLES, "")
        | {name: "附件" if single else f"附件{place}" for place, name in enumerate(names, start=1)},
        "附件名": _TITLES,
    }
