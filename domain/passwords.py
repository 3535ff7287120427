"""What a password must be (口令复杂度), and how two spellings of one are told to be the same.

Invariant: a refusal says which rule was broken and never repeats the password or any part of it.
Source: GB/T 22239-2019, 8.1.4.1 a (identity is unique, identification data is complex).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from domain.errors import Kind, Refused

LONGEST: Final = 128
"""Characters; longer ones only cost time."""

_WORDS: Final = """
password passw0rd admin administrator root user guest test welcome letmein login secret changeme default
qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou woaini mima monkey dragon master
abc abcd abcdef abcdefg abcabc aaa xxx hello bihuan minzheng anquan yinhuan shifan gongan zhengfu beijing
zhongguo china wangyi taobao baidu huawei 口令 密码 闭环 民政
"""
_OBVIOUS: Final = frozenset(_WORDS.split())
"""What people take first; compared after digits, signs and the usual swaps of letters are taken off."""

_SWAPS: Final = str.maketrans("@$0134578", "asoieasTB".lower())
_RUNS: Final = (
    "01234567890",
    "98765432109",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_CLASSES: Final = (
    lambda one: one.isdigit(),
    lambda one: one.isalpha() and one == one.lower() and one != one.upper(),
    lambda one: one.isalpha() and one == one.upper() and one != one.lower(),
    lambda one: not one.isdigit() and not (one.isalpha() and one.lower() != one.upper()),
)


@dataclass(frozen=True, kw_only=True)
class PasswordRules:
    """The shortest length in characters, and how many of the four kinds (digits, small, capital, other) must be there."""

    length: int = 10
    classes: int = 3


def normal(password: str) -> str:
    """The one form in which a password is hashed: what looks alike from two keyboards is alike (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, rules: PasswordRules, *known: str) -> None:
    """Refuse a password that is too simple, or has something ``known`` of its owner in it (the login, the id, the name).

    Raises ``Refused`` (``password_weak``) with the rule in words.
    """
    text = normal(password)
    if not rules.length <= len(text) <= LONGEST:
        raise _weak(f"口令须为 {rules.length} 至 {LONGEST} 个字符")
    if any(unicodedata.category(one) == "Cc" for one in text):
        raise _weak("口令中不能有控制字符")
    if sum(any(map(kind, text)) for kind in _CLASSES) < rules.classes:
        raise _weak(f"口令须含数字、小写字母、大写字母、其他字符中的至少 {rules.classes} 种")
    if any(part.casefold() in text.casefold() for part in known if len(part) > 2):
        raise _weak("口令中不能有账号或姓名")
    if _is_obvious(text):
        raise _weak("口令过于常见或有规律，请换一个")


def _is_obvious(text: str) -> bool:
    if len(set(text.casefold())) < 5 or re.fullmatch(r"(.{1,4})\1+.?", text):
        return True
    words = {"".join(re.findall(r"\w", form)) for form in _spellings(text)}
    bare = {re.sub(r"[\d_]", "", word) for word in words}
    return bool((words | bare) & _OBVIOUS) or _is_a_run(text.casefold())


def _spellings(text: str) -> tuple[str, str]:
    """As typed, and with the usual swaps of letters (``p@ssw0rd``) undone but for those at the end."""
    small = text.casefold()
    core = small.rstrip("0123456789!@#$%^&*.?~-_+")
    return small, core.translate(_SWAPS)


def _is_a_run(text: str) -> bool:
    """Whether the larger part of it only follows the alphabet, the digits or the keyboard."""
    covered, place = 0, 0
    while place < len(text):
        length = next(
            (size for size in range(len(text) - place, 3, -1) if _runs(text[place : place + size])), 0
        )
        covered += length
        place += length or 1
    return covered * 2 > len(text)


def _runs(part: str) -> bool:
    return any(part in run for run in _RUNS)


def _weak(message: str) -> Refused:
    return Refused(Kind.INVALID, "password_weak", message, fields=["password"])
