"""The picture and the table of ``docs/working-time.md``, drawn from what the code explains.

``python -m tests.domain.workdays_picture`` writes both anew; a test compares.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from domain import workdays
from domain.workdays import Limit, Segment, Unit
from tests.domain.workdays_oracle import LOCAL
from tests.domain.workdays_table import CALENDAR, local

DOCS: Final = Path(__file__).parents[2] / "docs"
PICTURE: Final = DOCS / "images" / "working-time.svg"
PAGE: Final = DOCS / "working-time.md"
START, LIMIT = local("2022-09-29 11:30"), Limit(unit=Unit.WORKING_DAYS, amount=3)
WIDTH, MARGIN, BAR, LINE = 900, 20, 44, 24


def segments() -> tuple[Segment, ...]:
    """The example: three working days from the day of the roster in the notice, over National Day 2022."""
    return workdays.explain(CALENDAR, START, LIMIT)


def table() -> str:
    """The segments as a Markdown table."""
    rows = [
        f"| {number} | {_spoken(piece.since)} | {_spoken(piece.until)} | {_amount(piece)} | {piece.why} | {piece.source or '—'} |"
        for number, piece in enumerate(segments(), 1)
    ]
    return "\n".join(["| | 自 | 至 | 计入 | 为何 | 依据 |", "|---|---|---|---|---|---|", *rows])


def svg() -> str:
    """The segments as a bar over time with a legend."""
    pieces = segments()
    whole = pieces[-1].until - pieces[0].since
    shapes: list[str] = []
    for number, piece in enumerate(pieces, 1):
        left = MARGIN + (WIDTH - 2 * MARGIN) * ((piece.since - pieces[0].since) / whole)
        width = (WIDTH - 2 * MARGIN) * ((piece.until - piece.since) / whole)
        fill, ink = ("#2e7d32", "#ffffff") if piece.counted else ("#e0e0e0", "#424242")
        down = 116 + number * LINE
        shapes += [
            f'<rect x="{left:.1f}" y="56" width="{width:.1f}" height="{BAR}" fill="{fill}" stroke="#ffffff"/>',
            f'<text x="{left + width / 2:.1f}" y="84" fill="{ink}" text-anchor="middle">{number}</text>',
            f'<rect x="{MARGIN}" y="{down - 13}" width="16" height="16" fill="{fill}"/>',
            f'<text x="{MARGIN + 26}" y="{down}" fill="#212121">{number}. {_legend(piece)}</text>',
        ]
    title = f"{_spoken(START)} 起 3 个工作日，到 {_spoken(pieces[-1].until)} 届满"
    height = 136 + len(pieces) * LINE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="{MARGIN}" y="36" fill="#212121" font-size="17">{title}</text>',
            *shapes,
            "</svg>\n",
        ]
    )


def page() -> str:
    """The page with its table drawn anew."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split("<!-- segments -->\n")
    return f"{before}<!-- segments -->\n{table()}\n<!-- /segments -->{rest.split('<!-- /segments -->')[1]}"


def _legend(piece: Segment) -> str:
    return f"{_spoken(piece.since)} – {_spoken(piece.until)}　{_amount(piece)}　{piece.why}"


def _amount(piece: Segment) -> str:
    if not piece.counted:
        return "不计"
    days = piece.amount / CALENDAR.hours.per_day
    return f"{days:g} 个工作日（{piece.amount / timedelta(hours=1):g} 小时）"


def _spoken(instant: datetime) -> str:
    here = instant.astimezone(LOCAL)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
