"""The picture of ``docs/organisation.md``: who may act by which post on each day of two weeks, as the domain reads it.

``python -m tests.organisation.picture`` draws it anew; a test compares.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from domain import organisation
from domain.organisation import Organisation, Post, Proposal, Span, Substitution, Tenure, Unit, UnitKind
from domain.people import Role
from tests.harness import LOCAL

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "succession.svg"
DAYS: Final = 14
FIRST: Final = datetime(2027, 3, 1, tzinfo=LOCAL)
LEFT, TOP, LINE, DAY = 270, 74, 30, 44
_COLOURS: Final = {"甲": "#1565c0", "乙": "#2e7d32", "丙": "#6a1b9a", "丁": "#f9a825"}
_ROWS: Final = (
    ("general-office", "局办公室负责人"),
    ("office", "领导小组办公室主任（兼任）"),
    ("team", "第一督导组"),
)


def on(day: int) -> datetime:
    """The beginning of a day of March 2027."""
    return FIRST + timedelta(days=day - 1)


def told() -> Organisation:
    """甲 heads the general office, 乙 follows on the 8th; 丁 stands in for 丙 in the team from the 4th to the 6th."""
    bureau = Unit(id="bureau", name="局", kind="bureau", district="区", unit_post="office")
    posts = [
        Post(id="general-office", title="局办公室负责人", role=Role.MEMBER, unit_id="bureau"),
        Post(id="office", title="主任", role=Role.OFFICE, unit_id="bureau", bound_to="general-office"),
        Post(id="team", title="第一督导组", role=Role.INSPECTOR, unit_id="bureau", seats=2),
    ]
    founded = Organisation(
        kinds={"bureau": UnitKind(code="bureau", label="机关", inspected=False)},
        units={"bureau": bureau},
        posts={one.id: one for one in posts},
        people={one: one for one in _COLOURS},
        tenures=(
            Tenure(post_id="general-office", person_id="甲"),
            Tenure(post_id="team", person_id="丙"),
            Tenure(post_id="team", person_id="乙"),
        ),
    )
    days = Span(since=on(4), until=on(7))
    cover = Substitution(post_id="team", absent_id="丙", substitute_id="丁", span=days)
    after = organisation.amend(founded, Proposal(substitutions=(cover,)), on(2))
    follows = Tenure(post_id="general-office", person_id="乙", span=Span(since=on(8)))
    after = organisation.amend(after, Proposal(holders=(follows,)), on(3))
    organisation.check(after, founded)
    return after


def svg() -> str:
    """One line for each person who may act by a post, a box for each day."""
    shapes = [*_lines(told())]
    height = TOP + LINE * sum('class="line"' in one for one in shapes) + 12
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + DAY * DAYS + 20} {height}" '
            'font-family="sans-serif" font-size="14">',
            f'<rect width="{LEFT + DAY * DAYS + 20}" height="{height}" fill="#ffffff"/>',
            '<text x="20" y="30" fill="#212121" font-size="17">'
            "何人、何日、以何岗位办理：换人即接替，代理只在所列之日</text>",
            *(
                f'<text x="{LEFT + DAY * day + 22}" y="60" fill="#616161" text-anchor="middle">{day + 1}日</text>'
                for day in range(DAYS)
            ),
            *shapes,
            "</svg>",
            "",
        ]
    )


def _lines(found: Organisation) -> Iterator[str]:
    number = 0
    for post_id, title in _ROWS:
        for person, colour in _COLOURS.items():
            acts = {
                day: held.on_behalf_of
                for day in range(DAYS)
                for held in found.holdings(person, on(day + 1))
                if held.post_id == post_id
            }
            if not acts:
                continue
            y = TOP + LINE * number
            named = f"{title}：{person}" + "".join(sorted({f" 代 {one}" for one in acts.values() if one}))
            yield f'<text class="line" x="20" y="{y + 17}" fill="#212121">{named}</text>'
            for day, absent in acts.items():
                dashes = ' stroke-dasharray="4 3" fill-opacity="0.35"' if absent else ""
                x = LEFT + DAY * day + 1
                yield (
                    f'<rect x="{x}" y="{y}" width="{DAY - 2}" height="22" fill="{colour}" stroke="{colour}"{dashes}/>'
                )
            number += 1


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
