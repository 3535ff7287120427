"""A Word template and the values that fill it.

Invariant: a value is text and stays text: nothing that stands in it is read as a template or as XML.
"""

import io
from collections.abc import Mapping
from typing import Any

import jinja2
from docxtpl import DocxTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.documents import archive


def environment() -> jinja2.Environment:
    """What templates may do: show values, ask and repeat; nothing to call, and nothing that is not given."""
    made = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True)
    made.globals, made.filters, made.tests = {}, {}, {}
    return made


def filled(template: bytes, values: Mapping[str, Any]) -> bytes:
    """The .docx that the template makes of the values; the same of both give the same bytes.

    Raises ``jinja2.TemplateError`` for a template that was not checked.
    """
    document = DocxTemplate(io.BytesIO(template))
    document.render({name: _plain(value) for name, value in values.items()}, environment(), autoescape=True)
    out = io.BytesIO()
    document.save(out)
    return archive.stable(out.getvalue())


def _plain(value: Any) -> Any:
    """The value without the characters that XML cannot hold."""
    if isinstance(value, str):
        return "".join(one for one in value if one in "\t\n" or _shown(one))
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _shown(one: str) -> bool:
    return one >= " " and not "\ud800" <= one <= "\udfff" and one not in "\x7f\ufffe\uffff"
