"""What an office uploads as a template is looked over before anything is made from it."""

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from adapters.documents import blocks, standard, templates, vocabulary, word
from domain.errors import Refused


def edited(*lines: str, standard_first: bool = True) -> bytes:
    """The standard template as an office changed it: these paragraphs came to it."""
    document = docx.Document(io.BytesIO(standard.template("bulletin"))) if standard_first else docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The standard template with its parts changed, and others put to them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(standard.template("bulletin"))) as given,
        zipfile.ZipFile(out, "w") as made,
    ):
        for name in given.namelist():
            made.writestr(name, change(name, given.read(name)))
        for name, content in more.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def same(_name: str, content: bytes) -> bytes:
    return content


def refusal(template: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        templates.check(template)
    return caught.value


@pytest.mark.parametrize("kind", ["bulletin", "correction", "supplement"])
def test_the_standard_templates_are_accepted(kind: str) -> None:
    templates.check(standard.template(kind))


def test_the_words_that_an_office_adds_stand_in_the_document() -> None:
    template = edited("本通报由{{ 印发机关 }}负责解释。")
    templates.check(template)
    told = blocks.read(word.filled(template, vocabulary.EXAMPLE))
    assert blocks.Paragraph(style=blocks.BODY, text="本通报由示例区民政局办公室负责解释。") in told


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("{{ 电话 }}", "电话"),
        ("{%p if 负责人 %}", "负责人"),
        ("{{ 原通报.密码 }}", "密码"),
        ("{{ 标题.__class__ }}", "__class__"),
        ("{% for 人 in 人员 %}{{ 人 }}{% endfor %}", "人员"),
    ],
)
def test_a_word_that_nobody_knows_is_refused_by_name(line: str, name: str) -> None:
    refused = refusal(edited(line) if "{%p if" not in line else edited(line, "x", "{%p endif %}"))
    assert (refused.code, refused.details["field"]) == ("template_unknown_word", name)
    assert name in refused.message


@pytest.mark.parametrize(
    "line",
    [
        "{{ 标题",
        "{% for x in %}",
        "{{ 标题 | upper }}",
        "{{ 标题() }}",
        "{{ 标题 * 1000000 }}",
        "{{ 标题 ~ 标题 }}",
        "{{ 要求[0] }}",
        "{% set x = 标题 %}",
        "{% include '发文字号' %}",
        "{% macro a() %}{% endmacro %}",
        "{% for a in 要求 %}{% for b in 要求 %}{{ b }}{% endfor %}{% endfor %}",
        "{% for a in 要求 recursive %}{{ a }}{% endfor %}{% if 标题 is defined %}{% endif %}",
    ],
)
def test_a_template_can_do_nothing_but_show_ask_and_repeat(line: str) -> None:
    assert refusal(edited(line)).code == "template_malformed"


def test_a_property_of_the_file_is_no_place_for_a_template() -> None:
    document = docx.Document(io.BytesIO(standard.template("bulletin")))
    document.core_properties.title = "{{ 标题 }}"
    out = io.BytesIO()
    document.save(out)
    assert refusal(out.getvalue()).code == "template_malformed"


@pytest.mark.parametrize("name", ["word__vbaProject.bin", "word__embeddings__x.bin", "word__activeX__a.xml"])
def test_a_template_with_something_that_runs_is_refused(name: str) -> None:
    assert refusal(repacked(same, **{name: b"<x/>"})).code == "template_active"


@pytest.mark.parametrize("code", ["DDEAUTO c:\\\\x", 'INCLUDETEXT "/etc/passwd"', "PAGE DDE x!y"])
def test_a_field_that_is_no_page_number_is_refused(code: str) -> None:
    def change(name: str, content: bytes) -> bytes:
        quoted = code.replace('"', "&quot;").encode()
        return (
            content.replace(b'w:instr="PAGE"', b'w:instr="' + quoted + b'"') if "footer" in name else content
        )

    assert refusal(repacked(change)).code == "template_active"


def test_a_template_that_reaches_outside_is_refused() -> None:
    def change(name: str, content: bytes) -> bytes:
        link = b'<Relationship Id="rX" Type="t" Target="http://example.org/t.dotm" TargetMode="External"/>'
        return (
            content.replace(b"</Relationships>", link + b"</Relationships>")
            if name.endswith("document.xml.rels")
            else content
        )

    assert refusal(repacked(change)).code == "template_reaches_outside"


def test_a_document_type_is_refused_before_it_is_parsed() -> None:
    def change(name: str, content: bytes) -> bytes:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        return content.replace(b"?>", b"?>" + bomb, 1) if name == "word/document.xml" else content

    assert refusal(repacked(change)).code == "template_unreadable"


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"PK\x03\x04broken", standard.template("bulletin")[:20_000]]
)
def test_what_is_no_word_document_is_refused(content: bytes) -> None:
    assert refusal(content).code == "template_unreadable"


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", b" " * (21 * 1024 * 1024))
    assert refusal(out.getvalue()).code == "template_too_large"
    assert refusal(b"x" * (templates.LARGEST + 1)).code == "template_too_large"
