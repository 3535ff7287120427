"""The styles of an official document in Word (GB/T 9704-2012): fonts, sizes and distances by the name that offices use.

Invariant: how something looks is said by its style and nowhere else, so that an office changes it in one place.
"""

from dataclasses import dataclass
from typing import Final

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

SONG: Final = "方正小标宋简体"
FANG: Final = "仿宋_GB2312"
HEI: Final = "黑体"
KAI: Final = "楷体_GB2312"
LATIN: Final = "Times New Roman"
RED: Final = RGBColor(0xD7, 0x00, 0x0F)
LINE: Final = 28.98
"""Points from line to line: 22 of them in 225 mm."""
SIZE_2, SIZE_3, SIZE_4 = 22.0, 16.0, 14.0
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a style looks: sizes and distances in points, indents in characters of the style's own size."""

    font: str = FANG
    size: float = SIZE_3
    align: WD_ALIGN_PARAGRAPH = BOTH
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    line: float = LINE
    new_page: bool = False


LOOKS: Final = {
    "发文机关标志": Look(font=SONG, size=44, align=CENTRE, before=52, after=2 * LINE, line=56),
    "发文字号": Look(align=CENTRE, after=2 * LINE - 12),
    "公文标题": Look(font=SONG, size=SIZE_2, align=CENTRE, after=LINE, line=35),
    "主送机关": Look(align=LEFT),
    "公文正文": Look(first=2),
    "一级标题": Look(font=HEI, first=2),
    "二级标题": Look(font=KAI, first=2),
    "附件说明": Look(align=LEFT, left=5, first=-3, before=LINE),
    "附件说明续": Look(align=LEFT, left=5),
    "发文机关署名": Look(align=RIGHT, right=4, before=2 * LINE),
    "成文日期": Look(align=RIGHT, right=4),
    "附件序号": Look(font=HEI, align=LEFT, new_page=True),
    "附件标题": Look(font=SONG, size=SIZE_2, align=CENTRE, before=12, after=12, line=35),
    "名单": Look(size=SIZE_4, align=CENTRE, line=22),
    "名单表头": Look(font=HEI, size=SIZE_4, align=CENTRE, line=22),
    "抄送机关": Look(size=SIZE_4, align=LEFT, left=4, first=-3, right=1, line=24),
    "印发机关和印发日期": Look(size=SIZE_4, align=LEFT, left=1, right=1, line=24),
    "公文页码": Look(font="宋体", size=SIZE_4, line=18),
    "标记": Look(size=1, line=1),
}


def add(document: Document) -> None:
    """Give a document these styles."""
    for name, look in LOOKS.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if not isinstance(style, ParagraphStyle):
            raise TypeError("a style of paragraphs was asked for")
        _apply(style, look)
    flag = document.styles["发文机关标志"]
    flag.font.color.rgb = RED
    _border(document.styles["发文字号"].element, bottom=(24, "D7000F"))
    _border(document.styles["抄送机关"].element, top=(8, "000000"))
    _border(document.styles["印发机关和印发日期"].element, top=(6, "000000"), bottom=(8, "000000"))


def _apply(style: ParagraphStyle, look: Look) -> None:
    style.font.name, style.font.size = LATIN, Pt(look.size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), look.font)
    form = style.paragraph_format
    form.alignment, form.page_break_before = look.align, look.new_page
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.first_line_indent = Pt(look.first * look.size)
    form.left_indent, form.right_indent = Pt(look.left * look.size), Pt(look.right * look.size)
    form.widow_control = False


def _border(element: object, **edges: tuple[int, str]) -> None:
    """Lines above or below a style's paragraphs, in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    for edge, (width, colour) in edges.items():
        line = OxmlElement(f"w:{edge}")
        for name, value in {"val": "single", "sz": str(width), "space": "6", "color": colour}.items():
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    paragraph = element.get_or_add_pPr()  # type: ignore[attr-defined]
    paragraph.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc"
    )
