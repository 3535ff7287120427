"""Honest photos, and hostile ones, made in code so that nothing binary is kept.

``PHOTOS`` maps a name that says what is wrong to the code with which it must be turned away and its maker.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from PIL import Image

from domain.evidence import PDF_LIMIT, PHOTO_LIMIT

LATITUDE: Final = b"GPS-31.2304N-121.4737E"
"""Stands for a position wherever one can hide; no served copy may hold it."""

Maker = Callable[[], bytes]


# Honest files


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Red above, blue below, so that a turn shows."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    image.paste((20, 20, 200), (0, height // 2, width, height))
    return image.convert(mode)


def is_red(image: Image.Image, x: int, y: int) -> bool:
    red, _, blue = _colour(image, x, y)
    return red > 150 and blue < 90


def is_blue(image: Image.Image, x: int, y: int) -> bool:
    red, _, blue = _colour(image, x, y)
    return blue > 150 and red < 90


def _colour(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = image.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return saved(picture(), "JPEG", **options)


def png(**options: object) -> bytes:
    return saved(picture(), "PNG", **options)


def webp(**options: object) -> bytes:
    return saved(picture(), "WEBP", **options)


def exif(orientation: int = 1) -> Image.Exif:
    """An orientation, a position, and a maker's note."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = LATITUDE.decode()
    tags.get_ifd(0x8825).update(
        {1: "N", 2: (31.0, 13.0, 49.44), 3: "E", 4: (121.0, 28.0, 25.32), 29: LATITUDE.decode()}
    )
    return tags


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_with(*segments: bytes, tail: bytes = b"") -> bytes:
    """A photo with more segments right after its beginning, and bytes after its end."""
    plain = jpeg()
    return plain[:2] + b"".join(segments) + plain[2:] + tail


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(*chunks: bytes, tail: bytes = b"") -> bytes:
    plain = png()
    return plain[:33] + b"".join(chunks) + plain[33:] + tail


def jpeg_of_several_pictures() -> bytes:
    """As phones write them: the photo, then a preview, in one file (MPO)."""
    return saved(picture(), "MPO", save_all=True, append_images=[picture(32, 24)])


# Hostile files


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("META-INF/MANIFEST.MF", "Main-Class: Evil")
    return out.getvalue()


def png_header(
    width: int, height: int, *, body: bytes = b"\0" * 1000, depth: int = 8, kind: int = 2
) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(body, 1)) + chunk(b"IEND", b"")


def png_bomb() -> bytes:
    """144 million black pixels in less than 100 kB, complete and valid."""
    return png_header(12_000, 12_000, body=bytes(12_000 * 1501), depth=1, kind=0)


def png_of_many_frames() -> bytes:
    frames = [picture(16, 16 + step) for step in range(30)]
    return saved(picture(64, 64), "PNG", save_all=True, append_images=frames)


def jpeg_header(width: int, height: int) -> bytes:
    """A photo whose header claims another size."""
    plain = bytearray(jpeg())
    at = plain.index(b"\xff\xc0")
    plain[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(plain)


def webp_header(width: int, height: int) -> bytes:
    extended = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    lossy = webp()[12:]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + extended + lossy
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_of_many_frames() -> bytes:
    frames = [picture(64, 48).rotate(step) for step in range(1, 20)]
    return saved(picture(), "WEBP", save_all=True, append_images=frames)


def webp_of_21_megapixels() -> bytes:
    return saved(Image.new("RGB", (5000, 4200)), "WEBP", method=0, lossless=True)


def jpeg_of_endless_scans(scans: int = 40_000) -> bytes:
    """A progressive photo that repeats one cheap scan until decoding takes minutes."""
    plain = saved(Image.new("L", (5000, 5000), 128), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * scans + plain[-2:]


PHOTOS: Final[Mapping[str, tuple[str, Maker]]] = {
    # not one of the accepted types, whatever they call themselves
    "empty": ("file_empty", lambda: b""),
    "one byte": ("file_type_not_accepted", lambda: b"\xff"),
    "svg with script": (
        "file_type_not_accepted",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    ),
    "html": ("file_type_not_accepted", lambda: b"<!doctype html><script>alert(1)</script>"),
    "gif": ("file_type_not_accepted", lambda: saved(picture(mode="P"), "GIF")),
    "gifar: gif and java archive": (
        "file_type_not_accepted",
        lambda: saved(picture(mode="P"), "GIF") + archive(),
    ),
    "zip": ("file_type_not_accepted", archive),
    "bmp": ("file_type_not_accepted", lambda: saved(picture(), "BMP")),
    "tiff": ("file_type_not_accepted", lambda: saved(picture(), "TIFF")),
    "windows program": ("file_type_not_accepted", lambda: b"MZ" + bytes(200)),
    "postscript": ("file_type_not_accepted", lambda: b"%!PS-Adobe-3.0\n%PDF-1.4"),
    "null byte before a png": ("file_type_not_accepted", lambda: b"\0" + png()),
    "sound in a webp's clothes": ("file_type_not_accepted", lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)),
    # too much
    "photo of a byte too many": ("file_too_large", lambda: jpeg_with(tail=bytes(PHOTO_LIMIT))),
    "anything over the largest limit": ("file_too_large", lambda: bytes(PDF_LIMIT + 1)),
    "png bomb of 12k x 12k": ("image_too_large", png_bomb),
    "png header of 65k x 65k": ("image_too_large", lambda: png_header(65_535, 65_535)),
    "png header of 2^31 pixels a side": ("image_too_large", lambda: png_header(2**31 - 1, 2**31 - 1)),
    "png of one endless row": ("image_too_large", lambda: png_header(39_000_000, 1)),
    "jpeg header of 65k x 65k": ("image_too_large", lambda: jpeg_header(65_000, 65_000)),
    "jpeg just over 40 megapixels": ("image_too_large", lambda: jpeg_header(8_000, 5_001)),
    "webp header of 16k x 16k": ("image_too_large", lambda: webp_header(16_383, 16_383)),
    "webp that would not fit in memory": ("image_too_large", webp_of_21_megapixels),
    "png of many frames": ("image_animated", png_of_many_frames),
    "webp of many frames": ("image_animated", webp_of_many_frames),
    # broken
    "jpeg beginning only": ("file_damaged", lambda: b"\xff\xd8\xff\xe0"),
    "jpeg cut at 90 %": ("file_damaged", lambda: saved(picture(800, 600), "JPEG")[:-900]),
    "jpeg of no height": ("file_damaged", lambda: jpeg_header(64, 0)),
    "jpeg magic before html": ("file_damaged", lambda: b"\xff\xd8\xff<html><script>alert(1)</script></html>"),
    "png beginning only": ("file_damaged", lambda: b"\x89PNG\r\n\x1a\n"),
    "png of no width": ("file_damaged", lambda: png_header(0, 5)),
    "png header that promises more rows": ("file_damaged", lambda: png_header(2000, 2000)),
    "png with a false checksum": ("file_damaged", lambda: png().replace(b"IDAT", b"IDAU")),
    "png with a text that unpacks to 20 MB": (
        "file_damaged",
        lambda: png_with(chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(20_000_000)))),
    ),
    "webp beginning only": ("file_damaged", lambda: b"RIFF\x10\0\0\0WEBPVP8 "),
    "webp cut in half": ("file_damaged", lambda: webp()[:60]),
    "webp whose two headers disagree": ("file_damaged", lambda: webp_header(3_000, 3_000)),
}
