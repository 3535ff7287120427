"""What a password must be."""

import pytest

from domain import passwords
from domain.errors import Refused
from domain.passwords import PasswordRules

RULES = PasswordRules()


@pytest.mark.parametrize(
    "strong",
    [
        "Hai-tang 7 hao lou",
        "一句好记的话 Abc 2026",
        "correct-Horse7battery",
        "xK9#mQ2$vL",
        "M7-yuan-liang-shan",
    ],
)
def test_a_sentence_that_one_remembers_is_strong(strong: str) -> None:
    passwords.check(strong, RULES, "p-office", "示例人员")


@pytest.mark.parametrize(
    ("weak", "why"),
    [
        ("Ab1-xyz", "个字符"),
        ("Aa1-" * 40, "个字符"),
        ("haitangqihaolou", "至少"),
        ("haitang7haolou", "至少"),
        ("Hai-tang\x007 hao", "控制字符"),
        ("P-OFFICE-2026-ab", "账号或姓名"),
        ("Password123!", "常见"),
        ("P@ssw0rd2026!", "常见"),
        ("Minzheng2026!", "常见"),
        ("Admin@123456", "常见"),
        ("Qwertyuiop1!", "常见"),
        ("1qaz2WSX3edc!", "常见"),
        ("Abcdefgh1234!", "常见"),
        ("aB1!aB1!aB1!", "常见"),
        ("AAAAaaaa1111", "常见"),
    ],
)
def test_a_weak_one_is_refused_with_the_rule_and_without_itself(weak: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        passwords.check(weak, RULES, "p-office", "示例人员")
    assert refused.value.code == "password_weak"
    assert why in refused.value.message
    assert weak not in str(refused.value)


def test_the_setting_decides_how_long_and_of_how_many_kinds() -> None:
    passwords.check("haitangqiyuan", PasswordRules(length=12, classes=1))
    with pytest.raises(Refused, match="14"):
        passwords.check("Hai-tang 7 ha", PasswordRules(length=14, classes=1))
    with pytest.raises(Refused, match="4 种"):
        passwords.check("hai-tang 7 hao", PasswordRules(length=8, classes=4))


def test_what_looks_alike_from_two_keyboards_is_one_password() -> None:
    assert passwords.normal("Ｈａｉ－７") == passwords.normal("Hai-7")
