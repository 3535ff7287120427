"""What a bundle says: within the bytes of its channel, cut between characters, and what lacks is counted."""

import re

from hypothesis import given
from hypothesis import strategies as st

from domain import delivery
from tests.delivery.messages import message


def test_one_message_is_its_sentence_with_its_marks() -> None:
    assert delivery.body([message(1, text="康宁养老院：已逾期")], 2048) == "【逾期】康宁养老院：已逾期"
    urgent = message(1, urgent=True, late=True, text="重大隐患")
    assert delivery.body([urgent], 2048) == "【急】（迟发）【逾期】重大隐患"


def test_what_does_not_fit_is_counted() -> None:
    text = delivery.body([message(n) for n in range(5000)], 2048)
    assert len(text.encode()) <= 2048
    shown = len(re.findall(r"^\d+\. ", text, re.MULTILINE))
    assert text.endswith(f"……另有{5000 - shown}项，请登录系统查看")


@given(st.text(min_size=1, max_size=400), st.integers(64, 400))
def test_a_text_is_cut_between_characters(text: str, limit: int) -> None:
    fitted = delivery.fit(text, limit)
    assert len(fitted.encode(errors="surrogatepass")) <= limit
    assert fitted == text or (fitted.endswith("……") and text.startswith(fitted[:-2]))


@given(st.lists(st.text(max_size=300), min_size=1, max_size=30), st.integers(128, 4096))
def test_every_bundle_keeps_to_the_limit(texts: list[str], limit: int) -> None:
    messages = [message(number, text=text) for number, text in enumerate(texts)]
    assert len(delivery.body(messages, limit).encode()) <= limit
