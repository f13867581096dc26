"""The text of a key: which union, which key, and the secret of which only a digest is kept. Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

PREFIX = "hzr"
SECRET_BYTES = 32
MOST_DAYS = 731


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as its holder sends it: `hzr_<union>_<id>_<secret>`."""

    tenant: str
    key_id: UUID
    secret: str

    def __str__(self) -> str:
        return "_".join((PREFIX, self.tenant, self.key_id.hex, self.secret))

    @classmethod
    def parse(cls, text: str) -> "KeyText | None":
        """Return the parts of a key; None if it is none. A secret may hold underscores, a union's code cannot."""
        parts = text.strip().split("_", 3)
        if len(parts) != 4 or parts[0] != PREFIX or not parts[3]:
            return None
        try:
            return cls(parts[1], UUID(hex=parts[2]), parts[3])
        except ValueError:
            return None


def secret_of(random: bytes) -> str:
    """Return random bytes as the text of a secret."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret. It has 256 random bits: a plain hash cannot be searched backwards."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(secret: str, digest: bytes) -> bool:
    """Whether a secret is the one of a digest, in a time that says nothing."""
    return hmac.compare_digest(digest_of(secret), digest)
