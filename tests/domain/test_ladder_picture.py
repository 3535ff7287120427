"""The picture on the page about the ladder is what the rules foresee."""

from tests.domain import ladder_picture


def test_the_picture_on_file_is_what_the_rules_foresee() -> None:
    drawn = ladder_picture.PICTURE.read_text(encoding="utf-8")
    assert drawn == ladder_picture.svg(), "run `python -m tests.domain.ladder_picture`"
