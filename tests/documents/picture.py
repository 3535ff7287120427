"""The picture of a bulletin's pages for docs/bulletins.md: ``python -m tests.documents.picture``."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image

from domain import bulletin
from domain.bulletin import Opening, Policy, State
from domain.collection import Outcome
from tests import frozen_lists
from tests.documents import papers

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "bulletin.png"
SHOWN: Final = (0, 1, -1)
"""The first two pages and the last."""
DUE: Final = datetime(2026, 9, 29, 3, 30, tzinfo=UTC)
CAME: Final = (Outcome.LATE,) * 12 + (Outcome.MISSING,) * 2 + (Outcome.EXEMPT,) + (Outcome.ON_TIME,) * 27
POLICY: Final = Policy(
    organ="示例区民政局",
    flag="示例区民政局文件",
    code="示例民发",
    printer="示例区民政局办公室",
    copies_to="示例区安全生产委员会办公室，派驻纪检监察组",
)


def issued() -> papers.Values:
    """What a bulletin says about forty-two units, as the product words it from their list."""
    members = [
        frozen_lists.member("SJ-2026-000001", f"u{number:02}", outcome, DUE, f"第{number}养老院（示例）")
        for number, outcome in enumerate(CAME, start=1)
    ]
    _, found = frozen_lists.frozen("SJ-2026-000001", members, DUE)
    opened = Opening(id="TB-2026-000001", now=DUE, policy=POLICY, office_post="office", leader_post="leader")
    day = DUE + timedelta(days=1)
    drafted = bulletin.draft(found, opened).bulletin
    out = replace(drafted, state=State.ISSUED, number="示例民发〔2026〕7号", signed_at=day, issued_at=day)
    return dict(bulletin.paper.values(out, found))


def drawn() -> Image.Image:
    """Three pages side by side, as they are printed."""
    opened = pypdfium2.PdfDocument(papers.pages(papers.document(issued())))
    pages = [opened[place % len(opened)].render(scale=1.1).to_pil().convert("RGB") for place in SHOWN]
    opened.close()
    whole = Image.new("RGB", (sum(page.width + 12 for page in pages) + 12, pages[0].height + 24), "#8a8f98")
    for place, page in enumerate(pages):
        whole.paste(page, (12 + place * (page.width + 12), 12))
    return whole


if __name__ == "__main__":
    drawn().quantize(32).save(PICTURE, optimize=True)
