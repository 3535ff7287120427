"""A bulletin looks like an official document (GB/T 9704-2012), and says the same in Word and in PDF."""

import io
import zipfile
from typing import Any

import docx
import pypdfium2
import pytest
from docx.shared import Pt

from adapters.documents import blocks, standard, vocabulary, word
from tests.documents import papers

MM = 72 / 25.4


def _lines(content: bytes, page: int) -> list[tuple[float, float, float, str]]:
    """(left, right, bottom) in millimetres of each line of a page, and its text, from the top."""
    opened = pypdfium2.PdfDocument(content)
    text = opened[page].get_textpage()
    found: list[tuple[float, list[tuple[float, float, str]]]] = []
    for index in range(text.count_chars()):
        left, bottom, right, _ = text.get_charbox(index, loose=True)
        character = text.get_text_range(index, 1)
        if character.strip():
            if not found or abs(found[-1][0] - bottom / MM) > 3:
                found.append((bottom / MM, []))
            found[-1][1].append((left / MM, right / MM, character))
    opened.close()
    return [
        (min(one[0] for one in line), max(one[1] for one in line), bottom, "".join(one[2] for one in line))
        for bottom, line in found
    ]


@pytest.fixture(scope="module")
def long_text() -> bytes:
    """Pages that are full of text."""
    return papers.pages(papers.document(papers.values(要求=["严格执行值班值守制度" * 130])))


def test_a_page_is_a4_with_22_lines_of_28_characters_in_a_block_of_156_by_225_millimetres(
    long_text: bytes,
) -> None:
    opened = pypdfium2.PdfDocument(long_text)
    width, height = opened[0].get_size()
    opened.close()
    assert (round(width / MM), round(height / MM)) == (210, 297)
    lines = [line for line in _lines(long_text, 1) if "—" not in line[3]]
    assert len(lines) == 22
    assert {len(line[3]) for line in lines} == {28}
    assert min(line[0] for line in lines) == pytest.approx(28, abs=0.7)
    assert max(line[1] for line in lines) == pytest.approx(28 + 156, abs=0.7)
    pitch = (lines[0][2] - lines[-1][2]) / 21
    assert pitch == pytest.approx(225 / 22, abs=0.1)


def test_the_parts_stand_in_the_order_of_the_standard() -> None:
    first, *_, last = papers.texts(papers.pages(papers.document(papers.values())))
    order = [
        "示例区民政局文件",
        "示例民发〔2026〕7号",
        "情况的通报",
        "全区各民政服务机构、服务场所：",
        "一、总体情况",
    ]
    places = [papers.words([first]).index(part) for part in order]
    assert places == sorted(places)
    imprint = blocks.read(papers.document(papers.values()))[-1]
    assert imprint == blocks.Paragraph(
        style="印发机关和印发日期", text="示例区民政局办公室\t2026年9月30日印发"
    )
    assert papers.words([last]).index("抄送：") < papers.words([last]).index("2026年9月30日印发")


def test_the_page_number_stands_between_dashes_on_the_outer_side(long_text: bytes) -> None:
    right = next(line for line in _lines(long_text, 0) if line[3] == "—1—")
    left = next(line for line in _lines(long_text, 1) if line[3] == "—2—")
    assert right[1] > 170
    assert left[0] < 45


def test_a_list_goes_on_over_pages_and_its_head_stands_again_on_each() -> None:
    texts = papers.texts(papers.pages(papers.document(papers.values(迟报名单=papers.rows(120)))))
    listed = [text for text in texts if "养老院（示例）" in text and "迟报时长" in text]
    assert len(listed) >= 4
    assert papers.words(texts).count("序号单位收到时间迟报时长") == len(listed)
    assert all(f"第{number}养老院" in papers.words(texts) for number in range(1, 121))


@pytest.mark.parametrize("kind", ["bulletin", "correction", "supplement"])
def test_word_and_pdf_say_the_same_and_nothing_is_left_of_the_template(kind: str) -> None:
    document = papers.document(vocabulary.EXAMPLE, kind)
    told = "".join(
        block.text if isinstance(block, blocks.Paragraph) else "".join("".join(row) for row in block.rows)
        for block in blocks.read(document)
    )
    pages = papers.words(papers.texts(papers.pages(document)))
    for character in {"{", "}", "%"} - ({"%"} if "92.7%" in told else set()):
        assert character not in told
    assert sorted(papers.words([told])) == sorted(_without_page_numbers(pages))


def _without_page_numbers(text: str) -> str:
    for number in range(1, 20):
        text = text.replace(f"—{number}—", "")
    return text


def test_the_word_file_has_the_page_and_the_styles_of_the_standard() -> None:
    opened = docx.Document(io.BytesIO(papers.document(papers.values())))
    section = opened.sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(side.mm) for side in sides if side] == [210, 297, 37, 28]
    assert opened.styles["公文标题"].font.size == Pt(22)
    assert opened.styles["公文正文"].font.size == Pt(16)
    footers = section.footer._element.xml + section.even_page_footer._element.xml
    assert footers.count("PAGE") == 2


@pytest.mark.parametrize("kind", ["bulletin", "correction", "supplement"])
def test_the_same_content_gives_the_same_bytes(kind: str) -> None:
    standard.template.cache_clear()
    first = papers.document(vocabulary.EXAMPLE, kind)
    standard.template.cache_clear()
    again = papers.document(vocabulary.EXAMPLE, kind)
    assert first == again
    assert papers.pages(first) == papers.pages(again)


def test_the_pdf_carries_its_fonts() -> None:
    content = papers.pages(papers.document(papers.values()))
    assert b"FontFile" in content
    assert b"SourceHanSerif" in content


def test_the_red_of_the_head_and_of_the_line_is_there() -> None:
    opened = pypdfium2.PdfDocument(papers.pages(papers.document(papers.values())))
    picture = opened[0].render(scale=0.5).to_pil().convert("RGB")
    red = sum(
        1 for red, green, blue in picture.get_flattened_data() if red > 150 and green < 90 and blue < 90
    )
    opened.close()
    assert red > 300


HOSTILE: list[Any] = [
    '#eval("1+1") $x$ *粗* _斜_ @ref <label> ```code``` \\ #pagebreak()',
    "{{ 标题 }}{% for x in 要求 %}{{ x }}{% endfor %}{# #}",
    "{%p for a in b %}{%tr endfor %}{{r x }}{%- raw %}",
    '</w:t></w:r><w:br w:type="page"/>&amp;&lt;<!DOCTYPE x>&nbsp;',
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_calls_a_unit_is_text_and_nothing_else(text: str) -> None:
    row = vocabulary.EXAMPLE["迟报名单"][0] | {"单位": text}
    document = papers.document(papers.values(标题=text, 要求=[text], 迟报名单=[row]))
    told = blocks.read(document)
    assert blocks.Paragraph(style="公文标题", text=text) in told
    assert blocks.Paragraph(style="公文正文", text=text) in told
    table = next(block for block in told if isinstance(block, blocks.Table))
    assert table.rows[1][1] == text
    assert papers.words([text]) in papers.words(papers.texts(papers.pages(document)))


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    document = papers.document(papers.values(标题="关于\x00\x07\x0c\ufffe值班表\ud800的通报"))
    assert blocks.Paragraph(style="公文标题", text="关于值班表的通报") in blocks.read(document)


def test_nothing_in_the_word_file_tells_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(papers.document(papers.values()))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-1" not in parts.read("docProps/core.xml")


def test_a_word_that_is_not_given_is_an_error_and_never_a_gap() -> None:
    told = papers.values()
    del told["发文字号"]
    with pytest.raises(Exception, match="发文字号"):
        word.filled(standard.template("bulletin"), told)
