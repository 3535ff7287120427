"""The one file in which the corpus is kept: a ``tar.xz`` with a JSON document per run of a workflow.

By hand: ``tar -xJf tests/histories/corpus.tar.xz -C somewhere``, and then any of its files reads like those beside it,
in the form in which ``temporal workflow show --output json`` prints a history. ``SCENE/WORKFLOW.N.json`` is the Nth run of
a workflow; ``refused.json`` names, by workflow, the requests that were refused. The same content gives the same bytes.
"""

import io
import json
import lzma
import tarfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent.with_name("histories") / "corpus.tar.xz"
REFUSED: Final = "refused.json"

Documents = Mapping[str, Any]
"""What is in the archive, by name."""


def write(documents: Documents, file: Path = FILE) -> None:
    """Keep these, and only these."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(documents):
            text = json.dumps(documents[name], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            content = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    file.write_bytes(lzma.compress(whole.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def read(file: Path = FILE) -> dict[str, str]:
    """The text of every document, by name."""
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(file.read_bytes()))) as tar:
        return {name: _text(tar, name) for name in tar.getnames()}


def _text(tar: tarfile.TarFile, name: str) -> str:
    content = tar.extractfile(name)
    assert content is not None
    return content.read().decode()


def _files() -> list[Path]:
    """The corpus of today's version, and those of earlier ones beside it (``corpus-N.tar.xz``)."""
    return sorted(FILE.parent.glob("corpus*.tar.xz"))


@cache
def kept() -> dict[str, str]:
    """The histories of every corpus, by name."""
    return {
        name if file == FILE else f"{file.name}/{name}": text
        for file in _files()
        for name, text in read(file).items()
        if name != REFUSED
    }


@cache
def refused() -> dict[str, list[str]]:
    """By workflow, the requests that were refused."""
    told: dict[str, list[str]] = {}
    for file in _files():
        for workflow, requests in json.loads(read(file)[REFUSED]).items():
            told[workflow] = told.get(workflow, []) + requests
    return told
