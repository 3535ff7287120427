"""Uploaded files: what is let through, what is served of it, and what is turned away."""

import io
import zlib
from collections.abc import AsyncIterator

import pikepdf
import pytest
from PIL import Image

from adapters.media.inspect import Inspector
from domain.evidence import REFUSALS, MediaType, UnacceptableFile
from tests import media_samples as samples
from tests import media_samples_pdf as documents
from tests.media_samples import LATITUDE

HOSTILE = {
    **samples.PHOTOS,
    **documents.DOCUMENTS,
    **{name: ("pdf_active_content", maker) for name, maker in documents.ACTIVE.items()},
}
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(scope="module")
async def inspector() -> AsyncIterator[Inspector]:
    async with Inspector() as running:
        yield running


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_turned_away_with_its_reason(inspector: Inspector, name: str) -> None:
    code, maker = HOSTILE[name]
    with pytest.raises(UnacceptableFile) as refusal:
        await inspector.inspect(maker())
    assert refusal.value.code == code
    assert refusal.value.message == REFUSALS[code]


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        (MediaType.JPEG, samples.jpeg()),
        (MediaType.PNG, samples.png()),
        (MediaType.WEBP, samples.webp()),
        (MediaType.WEBP, samples.webp(lossless=True)),
    ],
)
async def test_an_honest_photo_is_let_through(
    inspector: Inspector, media_type: MediaType, data: bytes
) -> None:
    found = await inspector.inspect(data)
    assert (found.media_type, found.width, found.height, found.pages) == (media_type, 64, 48, None)
    with Image.open(io.BytesIO(found.served)) as served:
        assert served.get_format_mimetype() == media_type
        assert samples.is_red(served, 32, 10)
        assert samples.is_blue(served, 32, 38)


async def test_an_honest_pdf_is_let_through(inspector: Inspector) -> None:
    found = await inspector.inspect(documents.pdf(pages=3))
    assert (found.media_type, found.width, found.height, found.pages) == (MediaType.PDF, None, None, 3)
    with pikepdf.open(io.BytesIO(found.served)) as served:
        assert len(served.pages) == 3


async def test_300_pages_with_links_and_a_first_page_to_open_at_are_let_through(inspector: Inspector) -> None:
    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0].obj
        link = documents.action("/URI", URI=pikepdf.String("https://example.org/notice"))
        documents.put(document, "/OpenAction", pikepdf.Array([page, pikepdf.Name.Fit]))
        documents.put(document, "/Page1", "/Annots", pikepdf.Array([pikepdf.Dictionary(A=link)]))

    found = await inspector.inspect(documents.pdf(change, pages=300))
    assert found.pages == 300


@pytest.mark.parametrize(
    "entry", [b"/X << /#CB#CE 1 >>", b"/X << /S /#CB#CE >>", b"/X << /Filter /\xcb\xce >>"]
)
async def test_a_pdf_with_names_in_gbk_is_let_through(inspector: Inspector, entry: bytes) -> None:
    data = documents.raw_pdf(documents.catalog_with(entry), documents.PAGES, documents.PAGE)
    assert (await inspector.inspect(data)).pages == 1


@pytest.mark.parametrize("data", [samples.jpeg(), samples.png(), samples.webp(), documents.pdf()])
async def test_the_same_file_gives_the_same_copy_each_time(inspector: Inspector, data: bytes) -> None:
    copies = {(await inspector.inspect(data)).served_sha256 for _ in range(3)}
    assert len(copies) == 1


def _photos_that_tell_where() -> dict[str, bytes]:
    exif = samples.exif().tobytes()
    text = samples.chunk(b"tEXt", b"Comment\0" + LATITUDE)
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + LATITUDE + b"</x:xmpmeta>"
    thumbnail = samples.segment(0xE0, b"JFXX\0\x10" + LATITUDE)
    return {
        "jpeg exif": samples.jpeg(exif=exif),
        "jpeg xmp": samples.jpeg_with(samples.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)),
        "jpeg iptc": samples.jpeg_with(samples.segment(0xED, b"Photoshop 3.0\0" + LATITUDE)),
        "jpeg comment": samples.jpeg(comment=LATITUDE),
        "jpeg thumbnail": samples.jpeg_with(thumbnail),
        "jpeg profile": samples.jpeg(icc_profile=LATITUDE),
        "jpeg tail": samples.jpeg() + LATITUDE,
        "png exif": samples.png(exif=exif),
        "png text": samples.png_with(text),
        "png text after the picture": samples.png()[:-12] + text + samples.png()[-12:],
        "png unknown chunk": samples.png_with(samples.chunk(b"gpsX", LATITUDE)),
        "png profile": samples.png_with(samples.chunk(b"iCCP", b"p\0\0" + zlib.compress(LATITUDE, 0))),
        "webp exif": samples.webp(exif=exif),
        "webp xmp": samples.webp(xmp=packet),
        "webp lossless exif": samples.webp(exif=exif, lossless=True),
        "pdf photo exif": documents.pdf_with_photo(samples.jpeg(exif=exif)),
        "pdf photo comment and tail": documents.pdf_with_photo(samples.jpeg(comment=LATITUDE) + LATITUDE),
        "pdf info": documents.pdf(lambda d: d.docinfo.__setitem__("/Subject", LATITUDE.decode())),
        "pdf xmp": documents.pdf(
            lambda d: documents.put(d, "/Metadata", d.make_stream(packet)),
            compress_streams=False,
            fix_metadata_version=False,
        ),
        "pdf xmp of a page": documents.pdf(
            lambda d: documents.put(d, "/Page1", "/Metadata", d.make_stream(packet)),
            compress_streams=False,
            fix_metadata_version=False,
        ),
        "pdf program's own data": documents.pdf_with("/PieceInfo", value=pikepdf.String(LATITUDE.decode())),
    }


WHERE = _photos_that_tell_where()


@pytest.mark.parametrize("name", WHERE)
async def test_what_is_served_does_not_tell_where_it_was_taken(inspector: Inspector, name: str) -> None:
    assert LATITUDE in WHERE[name]
    found = await inspector.inspect(WHERE[name])
    assert LATITUDE not in found.served
    assert b"Exif" not in found.served
    if found.media_type is not MediaType.PDF:
        with Image.open(io.BytesIO(found.served)) as served:
            assert not served.getexif()
            assert not {"icc_profile", "xmp", "comment"} & served.info.keys()


async def test_a_photo_in_a_pdf_keeps_its_pixels(inspector: Inspector) -> None:
    plain, tagged = samples.jpeg(), samples.jpeg(exif=samples.exif().tobytes())
    found = await inspector.inspect(documents.pdf_with_photo(tagged))
    with pikepdf.open(io.BytesIO(found.served)) as served:
        photo = served.pages[0].Resources.XObject.Im0.read_raw_bytes()
    assert photo == plain


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_turned_photo_is_served_upright(inspector: Inspector, form: str, orientation: int) -> None:
    held = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    camera = samples.picture()
    if orientation in held:
        camera = camera.transpose(held[orientation])
    found = await inspector.inspect(samples.saved(camera, form, exif=samples.exif(orientation)))
    assert (found.width, found.height) == (64, 48)
    with Image.open(io.BytesIO(found.served)) as served:
        assert samples.is_red(served, 32, 10)
        assert samples.is_blue(served, 32, 38)


TWO_THINGS = {
    "photo and java archive": samples.jpeg() + samples.archive(),
    "photo and page": samples.jpeg() + SCRIPT,
    "photo with a page in its comment": samples.jpeg(comment=SCRIPT),
    "drawing and archive": samples.png() + samples.archive(),
    "webp and page": samples.webp() + SCRIPT,
    "pdf and archive": documents.pdf() + samples.archive(),
    "pdf and page": documents.pdf() + SCRIPT,
    "photo and pdf": samples.jpeg_with(samples.segment(0xFE, documents.pdf())),
}


@pytest.mark.parametrize("name", TWO_THINGS)
async def test_a_file_that_is_two_things_is_served_as_one(inspector: Inspector, name: str) -> None:
    found = await inspector.inspect(TWO_THINGS[name])
    assert SCRIPT not in found.served
    assert b"META-INF" not in found.served
    assert b"%PDF-" not in found.served[1:]


async def test_an_older_revision_of_a_pdf_is_not_served(inspector: Inspector) -> None:
    found = await inspector.inspect(documents.pdf_of_two_revisions())
    assert b"(shown)" in found.served
    assert b"hidden" not in found.served


async def test_a_phone_photo_of_several_pictures_is_its_first(inspector: Inspector) -> None:
    found = await inspector.inspect(samples.jpeg_of_several_pictures())
    assert (found.media_type, found.width, found.height) == (MediaType.JPEG, 64, 48)
    assert b"MPF" not in found.served


@pytest.mark.parametrize(
    "body", [b"", b"Exif\0\0", b"Exif\0\0MM\0\x2a\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\xff\xff"]
)
async def test_a_photo_with_broken_exif_is_still_a_photo(inspector: Inspector, body: bytes) -> None:
    found = await inspector.inspect(samples.jpeg_with(samples.segment(0xE1, body)))
    assert (found.width, found.height) == (64, 48)


@pytest.mark.parametrize(
    ("form", "mode", "served_mode"),
    [
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "RGB"),
        ("PNG", "1", "1"),
        ("PNG", "L", "L"),
        ("PNG", "LA", "LA"),
        ("PNG", "P", "RGB"),
        ("PNG", "I;16", "I;16"),
        ("PNG", "RGBA", "RGBA"),
        ("WEBP", "RGBA", "RGBA"),
    ],
)
async def test_every_kind_of_pixel_comes_through(
    inspector: Inspector, form: str, mode: str, served_mode: str
) -> None:
    image = Image.new(mode, (9, 7)) if mode == "I;16" else samples.picture(mode=mode)
    if mode == "RGBA":
        image.putalpha(100)
    found = await inspector.inspect(samples.saved(image, form))
    with Image.open(io.BytesIO(found.served)) as served:
        assert (served.size, served.mode) == (image.size, served_mode)


async def test_a_transparent_colour_stays_transparent(inspector: Inspector) -> None:
    found = await inspector.inspect(samples.saved(samples.picture(mode="P"), "PNG", transparency=0))
    with Image.open(io.BytesIO(found.served)) as served:
        assert served.mode == "RGBA"
