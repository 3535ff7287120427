"""Valid files with random wounds: nothing but an acceptance or a refusal may come of them."""

import asyncio
import random
from collections.abc import AsyncIterator

import pikepdf
import pytest

from adapters.media.inspect import Inspector
from domain.evidence import UnacceptableFile
from tests import media_samples as samples
from tests import media_samples_pdf as documents


@pytest.fixture(scope="module")
async def inspector() -> AsyncIterator[Inspector]:
    async with Inspector() as running:
        yield running


def _mutated(seed: int) -> bytes:
    """A valid file with a few random wounds; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - must be repeatable
    makers = (
        lambda: samples.jpeg(exif=samples.exif().tobytes()),
        lambda: samples.saved(samples.picture(), "JPEG", progressive=True),
        samples.png,
        samples.webp,
        lambda: samples.webp(lossless=True),
        lambda: documents.pdf_with_photo(samples.jpeg()),
        lambda: documents.pdf(pages=3, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    )
    data = bytearray(dice.choice(makers)())
    for _ in range(dice.randint(1, 6)):
        at, end = sorted(dice.randrange(8, len(data)) for _ in range(2))
        match dice.choice(("flip", "flip", "cut", "repeat", "noise", "number")):
            case "flip":
                data[at] ^= 1 << dice.randrange(8)
            case "cut":
                del data[at : min(end, at + 40)]
            case "repeat":
                data[at:at] = data[at:end]
            case "noise":
                data[at : at + 4] = dice.randbytes(4)
            case _:
                data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
    return bytes(data)


@pytest.mark.parametrize("first", range(0, 150, 50))
async def test_a_wounded_file_is_let_through_or_turned_away_and_nothing_else(
    inspector: Inspector, first: int
) -> None:
    accepted = refused = 0
    for seed in range(first, first + 50):
        try:
            async with asyncio.timeout(60):
                found = await inspector.inspect(_mutated(seed))
        except UnacceptableFile:
            refused += 1
            continue
        accepted += 1
        again = await inspector.inspect(found.served)
        assert (again.width, again.height, again.pages) == (found.width, found.height, found.pages), (
            f"seed {seed}"
        )
    assert accepted > 0
    assert refused > 0
