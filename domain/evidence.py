"""Evidence (证据材料): which files count, what each proves, and why one is turned away.

Invariant: a command cites a file by the SHA-256 of the bytes that were uploaded, so the record of a case still names
exactly what was seen when the copy that is shown to people has been cleaned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MIB: Final = 1024 * 1024

PHOTO_LIMIT: Final = 15 * MIB
"""Bytes of one photo. A 12-megapixel phone photo is 3 to 6 MiB, one of 40 megapixels 10 to 14 MiB."""

PDF_LIMIT: Final = 30 * MIB
"""Bytes of one PDF: about a hundred scanned A4 pages at 200 dpi."""

PIXEL_LIMIT: Final = 40_000_000
"""Pixels of one photo. Decoded it takes 4 bytes a pixel, twice while it is turned upright: 320 MB of the child's 512."""

PAGE_LIMIT: Final = 300
"""Pages of one PDF: a treatment plan with its annexes; longer ones are archives, not evidence of one step."""

OBJECT_LIMIT: Final = 50_000
"""Objects of one PDF. Every one is looked at, which takes about half a second at this number."""


class EvidenceKind(StrEnum):
    """What a file proves in the loop; the transition table asks for kinds, never for file names."""

    BEFORE_PHOTO = "before_photo"
    AFTER_PHOTO = "after_photo"
    PLAN = "plan"
    SIGNATURE = "signature"
    CLOSURE_DOCUMENT = "closure_document"
    RECEIPT = "receipt"
    EXTENSION = "extension"
    SEAL = "seal"
    SCAN = "scan"
    ESEAL = "eseal"
    SCREENSHOT = "screenshot"
    REPORT = "report"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The Chinese term that people and refusals use."""
        return _LABELS[self]


_LABELS: Final[Mapping[EvidenceKind, str]] = MappingProxyType(
    {
        EvidenceKind.BEFORE_PHOTO: "整改前照片",
        EvidenceKind.AFTER_PHOTO: "整改后照片",
        EvidenceKind.PLAN: "治理方案",
        EvidenceKind.SIGNATURE: "签字单",
        EvidenceKind.CLOSURE_DOCUMENT: "销号文书",
        EvidenceKind.RECEIPT: "移交回执",
        EvidenceKind.EXTENSION: "延期依据",
        EvidenceKind.SEAL: "单位公章",
        EvidenceKind.SCAN: "扫描件",
        EvidenceKind.ESEAL: "电子印章",
        EvidenceKind.SCREENSHOT: "工作群截图",
        EvidenceKind.REPORT: "书面报告",
        EvidenceKind.OTHER: "其他材料",
    }
)


class MediaType(StrEnum):
    """The accepted kinds of file, decided by content and never by name or Content-Type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"

    @property
    def size_limit(self) -> int:
        """The most bytes that a file of this type may have."""
        return PDF_LIMIT if self is MediaType.PDF else PHOTO_LIMIT


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that was accepted and stored.

    ``sha256`` (hex) is of the bytes as uploaded, ``served_sha256`` of the cleaned copy that is shown. ``size`` is the
    bytes uploaded. ``width`` and ``height`` are pixels of an upright photo, ``pages`` belongs to a PDF.
    """

    id: str
    sha256: str
    served_sha256: str
    media_type: MediaType
    size: int
    width: int | None
    height: int | None
    pages: int | None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How a command cites a file: what it proves, which file, and the SHA-256 (hex) of its bytes as uploaded."""

    kind: EvidenceKind
    file_id: str
    sha256: str


REFUSALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file_empty": "文件是空的，请重新选择。",
        "file_type_not_accepted": "只接受 JPEG、PNG、WebP 图片和 PDF 文件，该文件的内容不是其中任何一种。",
        "file_too_large": "文件太大：图片不能超过 15 MB，PDF 不能超过 30 MB。",
        "file_damaged": "文件已损坏或不完整，无法读取，请重新拍摄或重新导出后上传。",
        "file_too_complex": "文件过于复杂，无法在限定的时间和内存内完成检查，请简化后重新上传。",
        "image_too_large": "图片尺寸太大，请缩小后上传（不超过 4000 万像素，WebP 不超过 2000 万像素）。",
        "image_animated": "不接受动态图片，请上传静态图片。",
        "pdf_active_content": "PDF 中含有脚本、自动动作、附件或外部程序调用等活动内容，请打印为普通 PDF 后上传。",
        "pdf_encrypted": "PDF 已加密，请去除密码和权限限制后上传。",
        "pdf_too_long": "PDF 页数太多，不能超过 300 页，请拆分后上传。",
    }
)
"""Every code with which a file is turned away, and the sentence for the person who uploaded it."""


class UnacceptableFile(Exception):  # noqa: N818 - a refusal by rule, not an error of the program
    """A file was turned away.

    ``code`` is one of ``REFUSALS`` and stable, ``message`` its Chinese sentence. ``detail`` says in English, for logs,
    what the check saw; it never holds anything of the file's content.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.message = REFUSALS[code]
        self.detail = detail
        super().__init__(code, detail)
