"""The picture of a bulletin's pages for docs/bulletins.md: ``python -m tests.documents.picture``."""

from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image

from tests.documents import papers

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "bulletin.png"
SHOWN: Final = (0, 1, -1)
"""The first two pages and the last."""


def drawn() -> Image.Image:
    """Three pages side by side, as they are printed."""
    lists = {
        "附件首": ["附件：迟报单位名单"],
        "附件续": [],
        "抄送机关": "示例区安全生产委员会办公室，派驻纪检监察组",
    }
    told = papers.values(迟报名单=papers.rows(30), **lists)
    opened = pypdfium2.PdfDocument(papers.pages(papers.document(told)))
    pages = [opened[place % len(opened)].render(scale=1.1).to_pil().convert("RGB") for place in SHOWN]
    opened.close()
    whole = Image.new("RGB", (sum(page.width + 12 for page in pages) + 12, pages[0].height + 24), "#8a8f98")
    for place, page in enumerate(pages):
        whole.paste(page, (12 + place * (page.width + 12), 12))
    return whole


if __name__ == "__main__":
    drawn().quantize(32).save(PICTURE, optimize=True)
