"""Honest PDFs, and hostile ones, made in code so that nothing binary is kept.

``DOCUMENTS`` maps a name that says what is wrong to the code with which it must be turned away and its maker.
"""

import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from domain.evidence import PDF_LIMIT
from tests.media_samples import Maker, jpeg


def pdf(change: Callable[[Pdf], None] | None = None, *, pages: int = 1, **options: object) -> bytes:
    """A document of empty pages, with ``change`` made to it."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        if change is not None:
            change(document)
        out = io.BytesIO()
        document.save(out, **options)  # type: ignore[arg-type]
        return out.getvalue()


def put(document: Pdf, *path_and_value: Any) -> None:
    """Put a value at a path of keys below the root; /Page1 is the first page."""
    *path, key, value = path_and_value
    place: Any = document.Root
    for step in path:
        if step == "/Page1":
            place = document.pages[0].obj
        else:
            place[step] = Dictionary()
            place = place[step]
    place[key] = value


def pdf_with(*path: str, value: Object) -> bytes:
    return pdf(lambda document: put(document, *path, value))


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(kind), **more)


def on_page(**more: Any) -> bytes:
    """A document with one annotation."""
    return pdf_with("/Page1", "/Annots", value=Array([Dictionary(Type=Name.Annot, **more)]))


def raw_pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A document written by hand, numbered from 1, with a right table of positions."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


CATALOG: Final = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES: Final = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE: Final = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"


def catalog_with(entry: bytes) -> bytes:
    return CATALOG[:-2] + entry + b" >>"


def pdf_with_photo(photo: bytes) -> bytes:
    """As scanning programs write them: the photo's own bytes inside a page."""

    def change(document: Pdf) -> None:
        image = document.make_stream(
            photo,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=64,
            Height=48,
            ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
        document.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=image))

    return pdf(change)


def pdf_object_stream_bomb() -> bytes:
    """An object stream that unpacks to 100 MB."""
    packed = zlib.compress(b"5 0 " + b" " * 100_000_000, 1)
    holder = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
    base = raw_pdf(CATALOG, PAGES, PAGE, holder % (len(packed), packed))
    return with_xref_stream(base, in_stream=5, stream=4)


def with_xref_stream(base: bytes, *, in_stream: int, stream: int) -> bytes:
    """``base`` with its table replaced by a stream that says object ``in_stream`` lies inside ``stream``."""
    body = base[: base.index(b"xref\n")]
    rows = [
        b"\0" + bytes(5),
        *(
            b"\1" + (body.index(b"\n%d 0 obj" % n) + 1).to_bytes(4, "big") + b"\0"
            for n in range(1, in_stream)
        ),
        b"\2" + stream.to_bytes(4, "big") + b"\0",
        b"\1" + len(body).to_bytes(4, "big") + b"\0",
    ]
    table = b"".join(rows)
    head = b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n"
    stream_of_rows = head % (in_stream + 1, in_stream + 2, len(table)) + table + b"\nendstream\nendobj\n"
    return body + stream_of_rows + b"startxref\n%d\n%%%%EOF\n" % len(body)


def pdf_of_two_revisions() -> bytes:
    """A document that said (hidden) until a later save made it (shown)."""
    first = raw_pdf(catalog_with(b"/X 4 0 R"), PAGES, PAGE, b"(hidden)")
    later = b"4 0 obj\n(shown)\nendobj\n"
    table = b"xref\n4 1\n%010d 00000 n \n" % len(first)
    trailer = b"trailer\n<< /Size 5 /Root 1 0 R /Prev %d >>\n" % first.index(b"xref\n")
    return first + later + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(first) + len(later))


def pdf_too_many_objects() -> bytes:
    return raw_pdf(CATALOG, PAGES, PAGE, *[b"0"] * 50_001)


def locked(user: str, owner: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(user=user, owner=owner))


def attach(document: Pdf) -> None:
    file = document.make_stream(b"MZ", Type=Name.EmbeddedFile)
    files = Array([String("a.exe"), Dictionary(F=String("a.exe"), EF=Dictionary(F=file))])
    put(document, "/Names", "/EmbeddedFiles", Dictionary(Names=files))


DOCUMENTS: Final[Mapping[str, tuple[str, Maker]]] = {
    "html before a pdf": ("file_type_not_accepted", lambda: b"<html><script>1</script>\n" + pdf()),
    "pdf of a byte too many": ("file_too_large", lambda: pdf().ljust(PDF_LIMIT + 1)),
    "pdf beginning only": ("file_damaged", lambda: b"%PDF-1.7\n"),
    "pdf cut at 90 %": ("file_damaged", lambda: pdf(pages=20)[:-300]),
    "pdf magic before html": ("file_damaged", lambda: b"%PDF-1.4\n<script>alert(1)</script>"),
    "pdf without pages": ("file_damaged", lambda: pdf(pages=0)),
    "pdf whose pages go in a circle": (
        "file_damaged",
        lambda: raw_pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    ),
    "pdf nested a million deep": (
        "file_damaged",
        lambda: raw_pdf(catalog_with(b"/X " + b"[" * 10**6 + b"]" * 10**6), PAGES, PAGE),
    ),
    "pdf with an object that is none": ("file_damaged", lambda: raw_pdf(CATALOG, PAGES, PAGE, b"<< /A ) >>")),
    "pdf with a cut jpeg inside": ("file_damaged", lambda: pdf_with_photo(jpeg()[:100])),
    "pdf of 301 pages": ("pdf_too_long", lambda: pdf(pages=301)),
    "pdf of 50,001 objects": ("file_too_complex", pdf_too_many_objects),
    "pdf object stream that unpacks to 100 MB": ("file_damaged", pdf_object_stream_bomb),
    "pdf with a password": ("pdf_encrypted", lambda: locked(user="u", owner="o")),
    "pdf restricted by its owner": ("pdf_encrypted", lambda: locked(user="", owner="o")),
}

SCRIPT: Final = String("app.alert(1)")

ACTIVE: Final[Mapping[str, Maker]] = {
    "script on opening": lambda: pdf_with("/OpenAction", value=action("/JavaScript", JS=SCRIPT)),
    "link on opening": lambda: pdf_with("/OpenAction", value=action("/URI", URI=String("http://a"))),
    "script after a harmless action": lambda: pdf_with(
        "/OpenAction", value=action("/GoTo", D=Array([]), Next=action("/JavaScript"))
    ),
    "script in the list of names": lambda: pdf_with("/Names", "/JavaScript", value=Dictionary()),
    "script kept in a stream": lambda: pdf(lambda d: put(d, "/X", Dictionary(JS=d.make_stream(b"1")))),
    "script of a page": lambda: pdf_with("/Page1", "/AA", value=Dictionary(O=action("/JavaScript"))),
    "script nested in arrays": lambda: pdf_with("/X", value=Array([Array([Array([action("/JavaScript")])])])),
    "script under a name in hexadecimal": lambda: raw_pdf(catalog_with(b"/X << /#4a#53 (1) >>"), PAGES, PAGE),
    "script that nothing refers to": lambda: raw_pdf(CATALOG, PAGES, PAGE, b"<< /S /JavaScript >>"),
    "script inside an object stream": lambda: pdf(
        lambda d: put(d, "/X", d.make_indirect(action("/JavaScript", JS=SCRIPT))),
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    ),
    "launches a program": lambda: on_page(A=action("/Launch", F=String("cmd.exe"))),
    "embedded program": lambda: pdf(attach),
    "attachment on a page": lambda: on_page(Subtype=Name.FileAttachment),
    "rich media": lambda: on_page(Subtype=Name.RichMedia),
    "film": lambda: on_page(Subtype=Name.Movie),
    "xfa form": lambda: pdf_with("/AcroForm", "/XFA", value=String("<xdp/>")),
    "form that sends itself": lambda: on_page(A=action("/SubmitForm", F=String("http://a"))),
    "form that reads a file": lambda: on_page(A=action("/ImportData", F=String("a"))),
    "goes to another file": lambda: on_page(A=action("/GoToR", F=String("\\\\host\\a"))),
    "goes to an embedded file": lambda: on_page(A=action("/GoToE")),
    "link that is a script": lambda: on_page(A=action("/URI", URI=String(" JavaScript:alert(1)"))),
    "link to a local file": lambda: on_page(A=action("/URI", URI=String("file:///etc/passwd"))),
}
"""Documents that act, or carry what could: each must be ``pdf_active_content``."""
