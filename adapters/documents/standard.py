"""The standard templates of bulletins (通报、更正、补充通报), written as an office would write them in its word processor.

Invariant: the words of a bulletin stand here or in the template that an office made of it, and nowhere in the code.
"""

import io
from collections.abc import Sequence
from functools import cache
from typing import Final

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_PARAGRAPH_ALIGNMENT, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Mm, Pt
from docx.table import _Row

from adapters.documents import archive, styles

Lines = Sequence[tuple[str, str]]
Columns = Sequence[tuple[str, str, float]]

_HEAD: Final[Lines] = (
    ("发文机关标志", "{{ 发文机关标志 }}"),
    ("发文字号", "{{ 发文字号 }}"),
    ("公文标题", "{{ 标题 }}"),
    ("主送机关", "{{ 主送机关 }}："),
)
_BULLETIN: Final[Lines] = (
    ("公文正文", "按照{{ 依据 }}要求，各有关单位应于{{ 截止时间 }}前报送{{ 事项 }}。现将报送情况通报如下。"),
    ("一级标题", "一、总体情况"),
    (
        "公文正文",
        "截至{{ 统计时刻 }}，应报单位{{ 应报 }}家，按时报送{{ 按时 }}家，迟报{{ 迟报 }}家，未报{{ 未报 }}家{% if 不合格 != '0' %}，"
        "材料不合格{{ 不合格 }}家{% endif %}，按时报送率{{ 按时率 }}。"
        "{% if 豁免 != '0' %}另有{{ 豁免 }}家经批准免报，不计入应报。{% endif %}",
    ),
    ("标记", "{%p for 句 in 点名 %}"),
    ("公文正文", "{{ 句 }}"),
    ("标记", "{%p endfor %}"),
    ("一级标题", "二、工作要求"),
    ("标记", "{%p for 段 in 要求 %}"),
    ("公文正文", "{{ 段 }}"),
    ("标记", "{%p endfor %}"),
)
_CORRECTION: Final[Lines] = (
    (
        "公文正文",
        "经核实，{{ 原通报.成文日期 }}签发的《{{ 原通报.标题 }}》（{{ 原通报.文号 }}）部分内容有误，现更正如下。",
    ),
    ("标记", "{%p for 句 in 点名 %}"),
    ("公文正文", "{{ 句 }}"),
    ("标记", "{%p endfor %}"),
    (
        "公文正文",
        "更正后，应报单位{{ 应报 }}家，按时报送{{ 按时 }}家，迟报{{ 迟报 }}家，未报{{ 未报 }}家{% if 不合格 != '0' %}，"
        "材料不合格{{ 不合格 }}家{% endif %}，按时报送率{{ 按时率 }}。原通报其余内容不变。",
    ),
    ("标记", "{%p for 段 in 要求 %}"),
    ("公文正文", "{{ 段 }}"),
    ("标记", "{%p endfor %}"),
)
_SUPPLEMENT: Final[Lines] = (
    (
        "公文正文",
        "{{ 原通报.成文日期 }}签发的《{{ 原通报.标题 }}》（{{ 原通报.文号 }}）印发后，部分单位补报了材料，现补充通报如下。",
    ),
    ("标记", "{%p for 句 in 点名 %}"),
    ("公文正文", "{{ 句 }}"),
    ("标记", "{%p endfor %}"),
    (
        "公文正文",
        "截至{{ 统计时刻 }}，应报单位{{ 应报 }}家，按时报送{{ 按时 }}家，迟报{{ 迟报 }}家，未报{{ 未报 }}家{% if 不合格 != '0' %}，"
        "材料不合格{{ 不合格 }}家{% endif %}，按时报送率{{ 按时率 }}。",
    ),
    ("标记", "{%p for 段 in 要求 %}"),
    ("公文正文", "{{ 段 }}"),
    ("标记", "{%p endfor %}"),
)
_SIGNED: Final[Lines] = (
    ("标记", "{%p for 附 in 附件首 %}"),
    ("附件说明", "{{ 附 }}"),
    ("标记", "{%p endfor %}"),
    ("标记", "{%p for 附 in 附件续 %}"),
    ("附件说明续", "{{ 附 }}"),
    ("标记", "{%p endfor %}"),
    ("发文机关署名", "{{ 署名 }}"),
    ("成文日期", "{{ 成文日期 }}"),
)
_IMPRINT: Final[Lines] = (
    ("标记", "{%p if 抄送机关 %}"),
    ("抄送机关", "抄送：{{ 抄送机关 }}。"),
    ("标记", "{%p endif %}"),
    ("印发机关和印发日期", "{{ 印发机关 }}\t{{ 印发日期 }}印发"),
)
_UNIT: Final = (("序号", "序号", 1.2), ("单位", "单位", 5.0))
_ANNEXES: Final[dict[str, Columns]] = {
    "迟报": (*_UNIT, ("收到时间", "收到时间", 4.4), ("迟报时长", "迟报时长", 3.0)),
    "未报": (*_UNIT, ("说明", "说明", 4.0)),
    "不合格": (*_UNIT, ("说明", "说明", 4.0)),
    "调整": (*_UNIT, ("原时限调整", "调整", 4.4), ("理由", "说明", 4.0)),
    "更正": (*_UNIT, ("原通报所列", "原列", 3.0), ("更正为", "现列", 3.6), ("说明", "说明", 3.6)),
    "补充": (*_UNIT, ("收到时间", "收到时间", 4.4), ("迟报时长", "迟报时长", 3.0)),
}
_KINDS: Final[dict[str, tuple[Lines, tuple[str, ...]]]] = {
    "bulletin": (_BULLETIN, ("迟报", "未报", "不合格", "调整")),
    "correction": (_CORRECTION, ("更正",)),
    "supplement": (_SUPPLEMENT, ("补充",)),
}


@cache
def template(kind: str) -> bytes:
    """The standard .docx template for a kind of bulletin: ``bulletin``, ``correction`` or ``supplement``."""
    body, annexes = _KINDS[kind]
    document = docx.Document()
    styles.add(document)
    _page(document)
    _write(document, (*_HEAD, *body, *_SIGNED))
    for annex in annexes:
        _annex(document, annex, _ANNEXES[annex])
    _write(document, _IMPRINT)
    out = io.BytesIO()
    document.save(out)
    return archive.stable(out.getvalue())


def _write(document: Document, lines: Lines) -> None:
    for style, text in lines:
        paragraph = document.add_paragraph(text, style=style)
        if style == "印发机关和印发日期":
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(151), WD_TAB_ALIGNMENT.RIGHT)


def _annex(document: Document, name: str, columns: Columns) -> None:
    _write(document, (("标记", f"{{%p if {name}名单 %}}"), ("附件序号", f"{{{{ 附件号.{name} }}}}")))
    _write(document, (("附件标题", f"{{{{ 附件名.{name} }}}}"),))
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    whole = sum(width for _, _, width in columns)
    texts = (
        [head for head, _, _ in columns],
        [f"{{%tr for 行 in {name}名单 %}}"],
        [f"{{{{ 行.{field} }}}}" for _, field, _ in columns],
        ["{%tr endfor %}"],
    )
    for row, words in zip(table.rows, texts, strict=True):
        _fill(row, words, "名单表头" if row is table.rows[0] or words is texts[0] else "名单")
    for column, (_, _, width) in zip(table.columns, columns, strict=True):
        column.width = Mm(156 * width / whole)
        for cell in column.cells:
            cell.width = Mm(156 * width / whole)
    _repeat(table.rows[0])
    _write(document, (("标记", "{%p endif %}"),))


def _fill(row: _Row, words: Sequence[str], style: str) -> None:
    for cell, word in zip(row.cells, words, strict=False):
        cell.paragraphs[0].text, cell.paragraphs[0].style = word, style
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def _repeat(row: _Row) -> None:
    """The head of a table stands again on each page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _page(document: Document) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(26), Mm(35)
    section.footer_distance = Mm(22)
    grid = OxmlElement("w:docGrid")
    for name, value in {"type": "linesAndChars", "linePitch": "580", "charSpace": "-849"}.items():
        grid.set(qn(f"w:{name}"), value)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    document.settings.odd_and_even_pages_header_footer = True
    _number(section.footer, styles.RIGHT)
    _number(section.even_page_footer, styles.LEFT)


def _number(footer: _Footer, side: WD_PARAGRAPH_ALIGNMENT) -> None:
    """— 1 — on the outer side."""
    paragraph = footer.paragraphs[0]
    paragraph.style, paragraph.alignment = "公文页码", side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(styles.SIZE_4)
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
    paragraph.add_run(" —")
