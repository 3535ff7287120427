"""Signing of seals: Ed25519 (RFC 8032), with a key that stands in settings and nowhere else.

Invariant: a signature that cannot be checked does not hold; nothing here raises for what somebody else wrote.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer:
    """Signs with one key."""

    def __init__(self, seed: bytes) -> None:
        """``seed``: the private key's 32 bytes. Raises ``ValueError`` for another length."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: str) -> str:
        """The signature (hex) of a text."""
        return self._key.sign(text.encode()).hex()


def holds(public: str, text: str, signature: str) -> bool:
    """Whether the signature (hex) is that of the text under the public key (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
