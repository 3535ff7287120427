"""No personal data in a bulletin (脱敏检查): what somebody writes into one is looked through before it is taken.

Invariant: a text with a mobile number, an identity number or a mail address is refused, and the refusal does not repeat it;
what was written elsewhere and comes in by itself has it left out.
Source: 个人信息保护法 art. 25 (no disclosure without separate consent); domain facts 1.4.
"""

import re
import unicodedata
from typing import Final

from domain import phones
from domain.errors import Kind, Refused

_GAP: Final = r"[\s\-—–·.]*"
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?86" + _GAP + r")?1[3-9]\d(?:" + _GAP + r"\d){8}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}")
_FOUND: Final = ((_MOBILE, "手机号码"), (_IDENTITY, "身份证件号码"), (_MAIL, "电子邮箱"))
_LEFT_OUT: Final = "（略）"


def check(text: str, field: str) -> None:
    """Refuse a text with personal data in it. Raises ``Refused`` (``personal_data``) naming the field and what it is."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern, what in _FOUND:
        if pattern.search(plain):
            raise Refused(
                Kind.CONFLICT, "personal_data", f"通报中不得出现{what}，请改为岗位或单位", field=field
            )


def concealed(text: str) -> str:
    """The text with personal data in it left out; any other text as it is."""
    for pattern, _ in _FOUND:
        text = phones.rewritten(text, pattern, lambda _found: _LEFT_OUT)
    return text
