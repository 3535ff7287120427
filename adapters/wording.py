"""Wording of messages (通知模板): Chinese texts that an office may edit, rendered in a sandbox.

Invariant: a template that would fail or say nothing is refused where it is edited, with the name that is unknown; so none fails
when something has to be said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain import delivery
from domain.delivery import Message
from domain.errors import Kind, Refused

LONGEST: Final = 2000
"""Characters of a template."""


class Part(StrEnum):
    """Which part of a message a template makes."""

    TITLE = "title"
    BODY = "body"

    @property
    def label(self) -> str:
        """The word that people use."""
        return {"title": "标题", "body": "正文"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The two templates of a channel, and their versions (0: as delivered)."""

    title: str
    body: str
    title_version: int = 0
    body_version: int = 0


DEFAULT: Final = Wording(
    title="{% if resent %}（重发）{% endif %}{% if urgent %}【急】{% endif %}"
    "{% if count > 1 %}{{ count }}项通知{% else %}{{ kind }}：{{ case_id }}{% endif %}",
    body="{% if resent %}（重发）{% endif %}{% if count > 1 %}您有{{ count }}项通知：\n{% endif %}{{ lines }}",
)
_MATTERS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "逾期", "case_id": "YH-2026-000123", "lines": "【逾期】示例", "channel": "电子邮件"},
    {"kind": "限时报送", "case_id": "SJ-2026-000001", "lines": "【限时报送】示例", "channel": "短信"},
)
_SAMPLES: Final[tuple[dict[str, Any], ...]] = tuple(
    {"count": count, "urgent": urgent, "resent": resent, **matter}
    for count in (1, 2)
    for urgent in (False, True)
    for resent in (False, True)
    for matter in _MATTERS
)
"""What is told by turns, so that a template that is silent of some of it is found."""
VARIABLES: Final = tuple(sorted(_SAMPLES[0]))
"""What a template may speak of."""

_GRAMMAR: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or),
)
"""What a template may do: say variables and ask for them. No loops, calls or sums, so none takes long or grows."""


def check(part: Part, text: str, limit: int) -> None:
    """Raises ``Refused`` (``template_invalid``, ``template_variable_unknown``, ``template_lacks_lines``, ``template_too_long``).

    ``limit`` is how many bytes of UTF-8 the channel takes.
    """
    shown = _shown(text)
    if part is Part.TITLE:
        if not all(one.strip() for _, one in shown):
            raise _refused("template_invalid", "标题在某些情形下没有文字，请检查 if 判断")
        return
    if not all(lines in one for lines, one in shown):
        raise _refused(
            "template_lacks_lines", "正文模板须在各种情形下都有 {{ lines }}，否则收件人看不到通知内容"
        )
    around = max(len(one.replace(lines, "").encode()) for lines, one in shown)
    if around > limit - 2 * delivery.SHORTEST:
        raise _refused("template_too_long", "正文模板过长，该渠道一条消息放不下通知内容")


def _shown(text: str) -> list[tuple[str, str]]:
    """What a template makes of each sample, behind the lines that it has to say. Raises ``Refused``."""
    if not text.strip() or len(text) > LONGEST:
        raise _refused("template_invalid", f"模板应有内容，且不超过{LONGEST}字")
    try:
        tree = _environment().parse(text)
        unknown = sorted(meta.find_undeclared_variables(tree) - set(VARIABLES))
        if unknown:
            known = "、".join(VARIABLES)
            raise _refused(
                "template_variable_unknown", f"模板中有未知的变量；可用的变量：{known}", variables=unknown
            )
        if not all(isinstance(node, _GRAMMAR) for node in tree.find_all(nodes.Node)):
            raise _refused("template_invalid", "模板只能写文字、变量和 if 判断")
        return [(sample["lines"], _render(text, sample)) for sample in _SAMPLES]
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError):
        raise _refused("template_invalid", "模板无法套用，请检查写法") from None


def composed(
    wording: Wording, messages: tuple[Message, ...], channel: str, limit: int, *, resent: bool
) -> tuple[str, str]:
    """Title (one line) and text of a bundle, the text within ``limit`` bytes of UTF-8."""
    variables = {
        "count": len(messages),
        "urgent": any(message.urgent for message in messages),
        "resent": resent,
        "kind": messages[0].kind.label,
        "case_id": messages[0].case_id,
        "channel": channel,
    }
    around = len(_render(wording.body, variables | {"lines": ""}).encode())
    lines = delivery.body(messages, max(limit - around, delivery.SHORTEST * 2))
    text = delivery.fit(_render(wording.body, variables | {"lines": lines}), limit)
    title = " ".join(_render(wording.title, variables | {"lines": lines}).split())
    return delivery.fit(title, 200), text


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _render(text: str, variables: Mapping[str, Any]) -> str:
    return _environment().from_string(text).render(variables)


def _refused(code: str, message: str, **details: Any) -> Refused:
    return Refused(Kind.CONFLICT, code, message, field="text", **details)
