"""Sealing of personal data: AES-256-GCM with named keys, and a blind index for equality.

Invariant: a sealed value names the key that it was sealed with and opens only in the place that it was sealed for; what
cannot be opened is :class:`Unopened`, which quotes neither the value nor a key. Why so: decision 15.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_SUITE: Final = 1
"""AES-256-GCM and HMAC-SHA-256; another suite, such as SM4-GCM and SM3, would be another number."""

_KEY_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,32}")


class Unopened(Exception):  # noqa: N818 - a state of the value
    """A sealed value that these keys do not open: its key is missing, or it was moved or changed."""

    def __init__(self, why: str, key_id: str | None = None) -> None:
        super().__init__(why)
        self.key_id = key_id


class Sealer:
    """Seals under the current key and opens what any of the keys sealed."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        """``keys``: 32 bytes each by id. Raises ``ValueError`` when one is not, or ``current`` names none."""
        if current not in keys:
            raise ValueError("the current sealing key is not among the keys")
        for key_id, key in keys.items():
            if not _KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES:
                raise ValueError("a sealing key has an id of letters, digits, '.', '_' or '-', and 32 bytes")
        self._ciphers = {key_id: AESGCM(_derived(key, b"bihuan seal")) for key_id, key in keys.items()}
        self._indexes = {key_id: _derived(key, b"bihuan blind index") for key_id, key in keys.items()}
        self.current = current

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The keys at hand, the current one first."""
        return (self.current, *sorted(self._ciphers.keys() - {self.current}))

    def seal(self, text: str, *, place: str) -> bytes:
        """The text sealed for one place, such as ``contacts.mobile:people/p-office``."""
        nonce = os.urandom(_NONCE_BYTES)
        header = header_of(self.current)
        return (
            header
            + nonce
            + self._ciphers[self.current].encrypt(nonce, text.encode(), header + place.encode())
        )

    def open(self, sealed: bytes, *, place: str) -> str:
        """The text that was sealed for this place. Raises ``Unopened``."""
        key_id = key_id_of(sealed)
        header = header_of(key_id)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unopened(f"sealed with key {key_id}, which is not among the keys", key_id)
        nonce, rest = sealed[len(header) :][:_NONCE_BYTES], sealed[len(header) + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, header + place.encode()).decode()
        except (InvalidTag, ValueError):
            raise Unopened(f"does not open with key {key_id} in its place", key_id) from None

    def blind(self, text: str, *, place: str) -> bytes:
        """What stands in for the text where equality is asked for; ``place`` is the column, without a row."""
        return _blind(self._indexes[self.current], text, place)

    def blinds(self, text: str, *, place: str) -> list[bytes]:
        """The same under every key, for asking while rows of an older key remain."""
        return [_blind(self._indexes[key_id], text, place) for key_id in self.key_ids]


def header_of(key_id: str) -> bytes:
    """How every value begins that was sealed with this key."""
    return bytes((_SUITE, len(key_id))) + key_id.encode()


def key_id_of(sealed: bytes) -> str:
    """The key that a value was sealed with. Raises ``Unopened`` for what is no sealed value."""
    try:
        suite, length = sealed[0], sealed[1]
        key_id = sealed[2 : 2 + length].decode("ascii")
    except (IndexError, UnicodeDecodeError):
        raise Unopened("not a sealed value") from None
    if suite != _SUITE or not _KEY_ID.fullmatch(key_id):
        raise Unopened("not a sealed value")
    return key_id


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _blind(key: bytes, text: str, place: str) -> bytes:
    return hmac.new(key, place.encode() + b"\0" + text.encode(), hashlib.sha256).digest()
