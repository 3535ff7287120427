"""Keys as they stand in settings: ``id:base64`` of 32 bytes, several apart by commas, the first one current.

Invariant: a text that is no list of keys is refused without being quoted.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from typing import Final

from adapters.sealing import KEY_BYTES, Sealer

DEVELOPMENT_KEYS: Final = "development:" + base64.b64encode(b"development-only-not-a-secret-00").decode()
"""Refused outside development."""

DEVELOPMENT_AUDIT_KEY: Final = base64.b64encode(b"development-only-not-a-secret-01").decode()
"""Refused outside development."""


@dataclass(frozen=True, kw_only=True)
class Ring:
    """Keys by id, the current one first."""

    keys: dict[str, bytes] = field(repr=False)

    @property
    def current(self) -> str:
        """The id of the key that new values are sealed with."""
        return next(iter(self.keys))

    def sealer(self) -> Sealer:
        """The sealer of these keys."""
        return Sealer(self.keys, self.current)

    def text(self) -> str:
        """The keys as they stand in settings."""
        return ",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in self.keys.items())


def read(text: str) -> Ring:
    """The keys that a setting states. Raises ``ValueError``, which quotes nothing."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (one.strip() for one in text.replace("\n", ",").split(","))):
        key_id, _, encoded = part.partition(":")
        if key_id in keys:
            raise ValueError("a key id stands twice")
        keys[key_id] = secret_bytes(encoded)
    if not keys:
        raise ValueError("no key is given")
    ring = Ring(keys=keys)
    ring.sealer()
    return ring


def secret_bytes(encoded: str) -> bytes:
    """32 bytes from base64, of either alphabet. Raises ``ValueError``, which quotes nothing."""
    try:
        found = base64.b64decode(encoded.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != KEY_BYTES:
        raise ValueError("a key is 32 bytes in base64")
    return found


def made(key_id: str) -> Ring:
    """A ring of one new key."""
    return Ring(keys={key_id: secrets.token_bytes(KEY_BYTES)})


def made_secret() -> str:
    """A new key of 32 bytes in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
