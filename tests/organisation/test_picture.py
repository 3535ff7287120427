"""The picture of the organisation page is what the domain says."""

from tests.organisation import picture


def test_the_picture_on_file_is_the_one_that_the_domain_draws() -> None:
    drawn = picture.PICTURE.read_text(encoding="utf-8")
    assert drawn == picture.svg(), "run python -m tests.organisation.picture"
