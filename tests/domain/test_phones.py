"""Telephone numbers: what is one, and what of it may be seen."""

import pytest

from domain import phones
from domain.errors import Refused

SAMPLE = "13800000001"


@pytest.mark.parametrize(
    "written",
    [
        SAMPLE,
        "138 0000 0001",
        "138-0000-0001",
        "+86 13800000001",
        "008613800000001",
        "１３８０００００００１",
    ],
)
def test_a_mobile_number_is_its_eleven_digits_however_it_is_written(written: str) -> None:
    assert phones.mobile(written) == SAMPLE


@pytest.mark.parametrize("written", ["", "12800000001", "1380000000", "138000000011", "abc", "010-55550101"])
def test_what_is_no_mobile_number_is_refused_by_field_and_never_quoted(written: str) -> None:
    with pytest.raises(Refused) as refused:
        phones.mobile(written, field="contacts[3].mobile")
    assert refused.value.code == "mobile_invalid"
    assert refused.value.details == {"field": "contacts[3].mobile"}
    assert not written or written not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("01055550101", "010-55550101"),
        ("0310-5555010", "0310-5555010"),
        ("010-55550101-8001", "010-55550101-8001"),
    ],
)
def test_a_landline_is_area_and_number(written: str, kept: str) -> None:
    assert phones.landline(written) == kept


@pytest.mark.parametrize("written", ["55550101", "10-55550101", SAMPLE, "010-15550101", ""])
def test_what_is_no_landline_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="landline_invalid"):
        phones.landline(written)


def test_a_masked_number_shows_three_and_four_digits_and_a_short_one_nothing() -> None:
    assert phones.masked("13812341234") == "138****1234"
    assert phones.masked("1381234") == "*******"


@pytest.mark.parametrize(
    "text", [f"请拨{SAMPLE}联系", "电话138 0000 0001。", "１３８０００００００１", "138-0000-0001"]
)
def test_a_number_in_free_text_is_found_and_concealed(text: str) -> None:
    assert phones.mentioned(text)
    assert "138****0001" in phones.concealed(text)
    assert not phones.mentioned(phones.concealed(text))


def test_what_stands_around_a_number_stays_as_it_was_written() -> None:
    written = "值班（８：３０），请拨１３８ 0000 ０００１；℃㊿，再拨13800000001。"
    assert phones.concealed(written) == "值班（８：３０），请拨138****0001；℃㊿，再拨138****0001。"


@pytest.mark.parametrize(
    "text",
    [
        *("YH-2026-000123", "共 3 处，编号 202611240001", "9913800000001", "138000000011"),
        *("见 0c5ea139-1234-4123-8c7e-3d1f0a9b2c4d", "f-13912345678a0b1c2d3e4f5061728394"),
    ],
)
def test_other_digits_are_left_as_they_are(text: str) -> None:
    assert not phones.mentioned(text)
    assert phones.concealed(text) == text
