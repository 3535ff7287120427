"""Looking at a template that somebody uploads, before anything is made from it.

Invariant: a template that is accepted can only show, ask about and repeat the words of the vocabulary, contains nothing that
runs or reaches outside, and has been filled once with the example.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

import jinja2
from docxtpl import DocxTemplate
from jinja2 import nodes
from lxml import etree

from adapters.documents import blocks, vocabulary, word
from domain.errors import Kind, Refused

LARGEST: Final = 2 * 1024 * 1024
_UNPACKED: Final = 20 * 1024 * 1024
_PARTS: Final = 200
_FOREIGN: Final = re.compile(r"vba|macro|activex|embeddings|oleobject|altchunk", re.IGNORECASE)
_TEXT: Final = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_FIELDS: Final = re.compile(r"\s*(PAGE|NUMPAGES)\b[\s\\*A-Za-z]*")
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
)
"""Showing, repeating and asking; no calls, no filters, no sums, nothing that grows."""


def check(template: bytes) -> None:
    """Look a .docx template over. Raises ``Refused`` (``template_…``), naming the word that nobody knows."""
    if len(template) > LARGEST:
        raise _refused("template_too_large", "模板不得超过 2 MB")
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as parts:
            _check_parts(parts)
        _check_words(DocxTemplate(io.BytesIO(template)))
        filled = word.filled(template, vocabulary.EXAMPLE)
        if not blocks.read(filled):
            raise _refused("template_empty", "模板没有正文")
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, etree.LxmlError):
        raise _refused("template_unreadable", "不是可读取的 Word 文档（.docx）") from None
    except jinja2.TemplateError:
        raise _refused("template_malformed", "模板中的变量或循环写法不对") from None


def _check_parts(parts: zipfile.ZipFile) -> None:
    listed = parts.infolist()
    if len(listed) > _PARTS or sum(part.file_size for part in listed) > _UNPACKED:
        raise _refused("template_too_large", "模板解开后过大")
    if any(_FOREIGN.search(part.filename) for part in listed):
        raise _refused("template_active", "模板含有宏、控件或嵌入的对象")
    for part in listed:
        if part.filename.endswith((".xml", ".rels")):
            _check_part(part.filename, parts.read(part))


def _check_part(name: str, content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or not _is_utf8(content):
        raise _refused("template_unreadable", "不是可读取的 Word 文档（.docx）")
    if name.endswith(".rels") and b'TargetMode="External"' in content:
        raise _refused("template_reaches_outside", "模板引用了外部的文件或地址")
    if (
        name.startswith(("word/", "docProps/"))
        and not _TEXT.fullmatch(name)
        and (b"{{" in content or b"{%" in content)
    ):
        raise _refused("template_malformed", "变量只能写在正文、页眉和页脚中")
    for field in _fields(content) if name.startswith("word/") and name.endswith(".xml") else ():
        if not _FIELDS.fullmatch(field):
            raise _refused("template_active", "模板含有页码以外的域")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fields(content: bytes) -> Iterator[str]:
    """The codes of the fields (域) of a part; one code may be cut into several runs."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    for simple in root.iter(f"{_W}fldSimple"):
        yield simple.get(f"{_W}instr", "")
    for paragraph in root.iter(f"{_W}p"):
        code = "".join(part.text or "" for part in paragraph.iter(f"{_W}instrText"))
        if code:
            yield code


def _check_words(document: DocxTemplate) -> None:
    environment = word.environment()
    for text in _texts(document):
        tree = environment.parse(text)
        own = {
            target.name
            for loop in tree.find_all(nodes.For)
            for target in loop.find_all(nodes.Name)
            if target.ctx == "store"
        }
        for node in tree.find_all(nodes.Node):
            _check_node(node, own)
        if _depth(tree) > 1:
            raise _refused("template_malformed", "循环不能套循环")


def _check_node(node: nodes.Node, own: set[str]) -> None:
    if not isinstance(node, _ALLOWED):
        raise _refused("template_malformed", "模板只能显示变量、循环（for）和判断（if）")
    if isinstance(node, nodes.Name) and node.name not in own and node.name not in vocabulary.EXAMPLE:
        raise _refused("template_unknown_word", f"模板用到了不认识的变量“{node.name}”", field=node.name)
    if isinstance(node, nodes.Getattr) and node.attr not in vocabulary.FIELDS:
        raise _refused("template_unknown_word", f"模板用到了不认识的变量“{node.attr}”", field=node.attr)


def _depth(node: nodes.Node) -> int:
    """How many loops stand in each other."""
    inside = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inside + isinstance(node, nodes.For)


def _texts(document: DocxTemplate) -> Iterator[str]:
    """The texts of body, headers and footers as they will be read as templates."""
    document.init_docx()
    yield document.patch_xml(document.get_xml())
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(uri):
            yield document.patch_xml(document.get_part_xml(part))


def _refused(code: str, message: str, **details: str) -> Refused:
    return Refused(Kind.CONFLICT, code, message, **details)
