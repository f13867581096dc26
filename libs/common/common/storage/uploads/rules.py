"""What may be uploaded, and the headers of tus 1.0 (https://tus.io/protocols/resumable-upload). Pure."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from .errors import UploadHeaderInvalid

TUS = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_METADATA = 4096


@dataclass(frozen=True)
class UploadPurpose:
    """What files are taken for: at most so large, of these types (empty: any), so many unfinished per sender."""

    name: str
    max_bytes: int
    content_types: frozenset[str] = field(default_factory=frozenset)
    max_open: int = 20


@dataclass(frozen=True)
class Checksum:
    """Digest of the bytes of one request, as announced in Upload-Checksum."""

    algorithm: str
    digest: bytes

    def start(self) -> Any:
        """Return a hash to be fed with the bytes."""
        return ALGORITHMS[self.algorithm](usedforsecurity=False)


def parse_checksum(header: str | None) -> Checksum | None:
    """Read Upload-Checksum "<algorithm> <base64>"; UploadHeaderInvalid for an unknown algorithm too."""
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    digest = _base64(encoded)
    if algorithm not in ALGORITHMS or digest is None:
        raise UploadHeaderInvalid(header="Upload-Checksum")
    if len(digest) != ALGORITHMS[algorithm](usedforsecurity=False).digest_size:
        raise UploadHeaderInvalid(header="Upload-Checksum")
    return Checksum(algorithm, digest)


def parse_metadata(header: str | None) -> dict[str, str]:
    """Read Upload-Metadata "key <base64 of UTF-8>,key"; UploadHeaderInvalid."""
    if len(header or "") > LONGEST_METADATA:
        raise UploadHeaderInvalid(header="Upload-Metadata")
    metadata: dict[str, str] = {}
    for pair in (header or "").split(",") if header else []:
        name, _, encoded = pair.strip().partition(" ")
        value = _base64(encoded)
        if not name.isascii() or not name or name in metadata or value is None:
            raise UploadHeaderInvalid(header="Upload-Metadata")
        try:
            metadata[name] = value.decode()
        except UnicodeDecodeError:
            raise UploadHeaderInvalid(header="Upload-Metadata") from None
    return metadata


def parse_size(header: str | None, *, name: str) -> int:
    """Read a number of bytes; UploadHeaderInvalid."""
    if header is None or not (header.isascii() and header.isdigit() and len(header) <= 15):
        raise UploadHeaderInvalid(header=name)
    return int(header)


def parse_sha256(value: str | None) -> str | None:
    """Read an announced SHA-256 of the whole file (hex); UploadHeaderInvalid."""
    if not value:
        return None
    if not SHA256.fullmatch(value.lower()):
        raise UploadHeaderInvalid(header="Upload-Metadata")
    return value.lower()


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
