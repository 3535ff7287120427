"""PDFs: every object is looked at, anything that acts is refused, and what is served is written anew.

Invariant: runs in the child only. Written anew by qpdf, the served copy holds exactly the objects that were looked at:
older revisions, unreachable objects and bytes after the end stay behind, and so do the document's metadata and the
EXIF of photos in it.
"""

import io
from collections.abc import Iterator
from typing import Final

import pikepdf
import pikepdf.settings
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from adapters.media.answer import Cleaned
from adapters.media.jpeg import without_metadata
from domain.evidence import MIB, OBJECT_LIMIT, PAGE_LIMIT, UnacceptableFile

_ACTIVE_KEYS: Final = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/AA",
        "/Launch",
        "/EF",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
        "/RichMediaContent",
        "/RichMediaSettings",
        "/XFA",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
    }
)
"""Keys of a dictionary that make a viewer act or carry a second file (ISO 32000-2: 7.11, 12.6, 12.7.8, 13.7)."""

_ACTIVE_NAMES: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/GoTo3DView",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/Screen",
        "/3D",
        "/RichMedia",
        "/RichMediaExecute",
        "/EmbeddedFile",
        "/FileAttachment",
    }
)
"""The same as values of /S, /Subtype or /Type."""

_KIND_KEYS: Final = ("/S", "/Subtype", "/Type")
_METADATA_KEYS: Final = ("/Metadata", "/PieceInfo")
_LINK_SCHEMES: Final = ("http:", "https:", "mailto:", "tel:")
_PHOTO_FILTER: Final = "/DCTDecode"


def clean_pdf(data: bytes) -> Cleaned:
    """The PDF ``data`` without its metadata.

    Raises ``UnacceptableFile`` for a rule, and whatever pikepdf raises for a file that it cannot read.
    """
    _limit_the_parser()
    with _open(data) as pdf:
        pages = len(pdf.pages)
        if pages == 0:
            raise UnacceptableFile("file_damaged", "no pages")
        if pages > PAGE_LIMIT:
            raise UnacceptableFile("pdf_too_long", f"{pages} pages")
        if len(pdf.objects) > OBJECT_LIMIT:
            raise UnacceptableFile("file_too_complex", "too many objects")
        for dictionary in _dictionaries(pdf):
            _refuse_active(dictionary)
            _drop_metadata(dictionary)
        _refuse_damage(pdf)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        return Cleaned(served=_written(pdf), pages=pages)


def _limit_the_parser() -> None:
    # The child's own memory limit would also stop these, but by a crash that says less.
    pikepdf.settings.set_qpdf_limits(
        parser_max_nesting=100,
        parser_max_container_size=500_000,
        flate_max_memory=64 * MIB,
        run_length_max_memory=64 * MIB,
        png_max_memory=64 * MIB,
        tiff_max_memory=64 * MIB,
    )


def _open(data: bytes) -> Pdf:
    # Without recovery: a cut upload could be "repaired" into one that lacks its last pages.
    try:
        pdf = Pdf.open(io.BytesIO(data), attempt_recovery=False)
    except pikepdf.PasswordError as locked:
        raise UnacceptableFile("pdf_encrypted", "needs a password") from locked
    if pdf.is_encrypted:
        raise UnacceptableFile("pdf_encrypted", "restricted by an owner's password")
    return pdf


def _refuse_damage(pdf: Pdf) -> None:
    # An object that cannot be read becomes nothing with no more than a warning; a page's seal could go that way. A page
    # that does not say its size or resources is common and loses nothing.
    damage = [warning for warning in pdf.get_warnings() if "is missing or invalid" not in str(warning)]
    if damage:
        raise UnacceptableFile("file_damaged", f"{len(damage)} parts that cannot be read")


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary and stream of the file, those in object streams and nested in others included."""
    waiting: list[Object] = [pdf.trailer]
    for top in pdf.objects:
        waiting.append(top)
        while waiting:
            item = waiting.pop()
            if isinstance(item, Dictionary | Stream):
                yield item
                children = [value for _, value in item.items()]
            elif isinstance(item, Array):
                children = list(item)
            else:
                continue
            # Those with a number of their own have their own turn; following them here would never end.
            waiting.extend(child for child in children if _is_direct_container(child))


def _is_direct_container(value: object) -> bool:
    return isinstance(value, Dictionary | Array) and not value.is_indirect


def _refuse_active(dictionary: Object) -> None:
    for key in dictionary.keys():  # noqa: SIM118 - iterating a stream would mean its values
        if key in _ACTIVE_KEYS:
            raise UnacceptableFile("pdf_active_content", f"key {key}")
        if key == "/OpenAction" and not _only_goes_to_a_page(dictionary[key]):
            raise UnacceptableFile("pdf_active_content", "an action on opening")
        if key == "/URI":
            _refuse_odd_link(dictionary[key])
    for key in _KIND_KEYS:
        kind = dictionary.get(key)
        if isinstance(kind, Name) and _text(kind) in _ACTIVE_NAMES:
            raise UnacceptableFile("pdf_active_content", f"{key} {kind}")


def _only_goes_to_a_page(action: object) -> bool:
    # Word processors write "open at page 1, fit width"; it acts on nothing.
    if isinstance(action, Array):
        return True
    return isinstance(action, Dictionary) and action.get("/S") == Name.GoTo


def _refuse_odd_link(target: object) -> None:
    if isinstance(target, String):
        text = str(target).strip().lower()
        scheme = text.partition(":")[0]
        if ":" in text and scheme.isascii() and not text.startswith(_LINK_SCHEMES):
            raise UnacceptableFile(
                "pdf_active_content", "a link that is not to a web page, an address or a phone"
            )


def _drop_metadata(dictionary: Object) -> None:
    for key in _METADATA_KEYS:
        if key in dictionary:
            del dictionary[key]
    if isinstance(dictionary, Stream):
        _clean_photo(dictionary)


def _clean_photo(stream: Stream) -> None:
    filters = _filters(stream)
    if not filters or filters[-1] != _PHOTO_FILTER:
        return
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, Array):
        parameters = parameters[-1] if len(parameters) else None
    photo = stream.get_raw_stream_buffer() if len(filters) == 1 else stream.get_stream_buffer()
    cleaned = without_metadata(bytes(photo))
    stream.write(
        cleaned,
        filter=Name.DCTDecode,
        decode_parms=parameters if isinstance(parameters, Dictionary) else None,
    )


def _filters(stream: Stream) -> list[str]:
    found = stream.get("/Filter")
    if isinstance(found, Array):
        return [_text(each) for each in found]
    return [_text(found)] if isinstance(found, Name) else []


def _text(name: Object) -> str:
    # Names are bytes, and Chinese programs write them in GBK: str() would fail on an honest file.
    return bytes(name).decode("utf-8", "replace")


def _written(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    # A deterministic id: the same upload must give the same copy, or it would be stored twice.
    pdf.save(
        out,
        deterministic_id=True,
        fix_metadata_version=False,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )
    return out.getvalue()
