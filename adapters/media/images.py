"""Photos: measured from the header, decoded once, turned upright and written anew without anything but the pixels.

Invariant: runs in the child only. Written anew means that whatever else the file carried stays behind: EXIF, XMP and
IPTC with their positions, thumbnails, comments, colour profiles, and anything hidden after the picture's end.
"""

import io
import warnings
from collections.abc import Mapping
from typing import Final

from PIL import Image

from adapters.media.answer import Cleaned
from domain.evidence import PIXEL_LIMIT, MediaType, UnacceptableFile

WEBP_PIXEL_LIMIT: Final = 20_000_000
"""A WebP decoder holds several canvases, measured at 20 bytes a pixel: more than this does not fit the child's memory."""

SIDE_LIMIT: Final = 65_500
"""Pixels of one side: the most that libjpeg writes."""

JPEG_QUALITY: Final = 88
"""Of the served copy; reliability.md 3.3. No difference is visible on a photo of a door or a form."""

_FORMATS: Final[Mapping[MediaType, str]] = {
    MediaType.JPEG: "JPEG",
    MediaType.PNG: "PNG",
    MediaType.WEBP: "WEBP",
}
_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final[Mapping[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → the turn that undoes it (EXIF 2.32, tag 0x0112)."""


def clean_image(data: bytes, media_type: MediaType) -> Cleaned:
    """The photo ``data`` as pixels only, in its own format, upright.

    Raises ``UnacceptableFile`` for a rule, and whatever Pillow raises for a file that it cannot read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = _open(data, media_type)
        _measure(image, media_type)
        turn = _UPRIGHT.get(_orientation(image))
        picture = _plain(image, media_type)
    if turn is not None:
        picture = picture.transpose(turn)
    served = _written(picture, media_type, lossless=data[12:16] == b"VP8L")
    return Cleaned(served=served, width=picture.width, height=picture.height)


def _open(data: bytes, media_type: MediaType) -> Image.Image:
    # Pillow refuses at twice this number and only warns below. It does so before a decoder is made, which matters for
    # WebP, whose decoder takes its memory at once.
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT // 2
    try:
        return Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]])
    except Image.DecompressionBombError as bomb:
        raise UnacceptableFile("image_too_large", "more pixels than allowed") from bomb


def _measure(image: Image.Image, media_type: MediaType) -> None:
    limit = WEBP_PIXEL_LIMIT if media_type is MediaType.WEBP else PIXEL_LIMIT
    if image.width * image.height > limit or max(image.size) > SIDE_LIMIT:
        raise UnacceptableFile("image_too_large", f"{image.width} x {image.height} pixels")
    # A JPEG with several pictures is an ordinary phone photo with its depth map or preview: the first one is the photo.
    if media_type is not MediaType.JPEG and getattr(image, "n_frames", 1) > 1:
        raise UnacceptableFile("image_animated", "more than one frame")


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION_TAG)
    except Exception:  # a photo with broken EXIF is still a photo; there is then no turn to undo
        return 1
    return value if isinstance(value, int) else 1


def _plain(image: Image.Image, media_type: MediaType) -> Image.Image:
    image.load()
    if media_type is MediaType.JPEG:
        kept = image.mode in {"L", "RGB"}
    else:
        kept = image.mode in {"1", "L", "LA", "RGB", "RGBA", "I;16"} and "transparency" not in image.info
    if kept:
        picture = image
    else:
        see_through = media_type is not MediaType.JPEG and image.has_transparency_data
        picture = image.convert("RGBA" if see_through else "RGB")
    # Pillow writes some of these by itself (comments, profiles), so they go before it can.
    picture.info = {}
    return picture


def _written(picture: Image.Image, media_type: MediaType, *, lossless: bool) -> bytes:
    out = io.BytesIO()
    match media_type:
        case MediaType.JPEG:
            picture.save(out, "JPEG", quality=JPEG_QUALITY)
        case MediaType.WEBP:
            picture.save(out, "WEBP", quality=JPEG_QUALITY, method=2, lossless=lossless)
        case _:
            picture.save(out, "PNG")
    return out.getvalue()
