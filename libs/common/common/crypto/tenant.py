"""One tenant's keys: sealing of single values and their blind index."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..events.contract import Sealed
from .encoding import frame, to_bytes, to_text
from .errors import MalformedToken, NoTenantKey, Tampered, UnknownKeyVersion
from .master import MATERIAL, MasterKeys, unwrap_tenant_key

FORMAT = "s1"
NONCE = 12
TAG = 16
NONCES = 512
WORDS = "words"


class Token(NamedTuple):
    """The parts of a sealed token "s1.<key version>.<base64url of nonce, ciphertext, tag>"."""

    version: int
    nonce: bytes
    body: bytes

    @classmethod
    def parse(cls, text: str) -> "Token":
        """Read a token; MalformedToken unless it is in the one spelling that `TenantKeys.seal` writes."""
        parts = text.split(".")
        if len(parts) != 3 or parts[0] != FORMAT:
            raise MalformedToken("not a sealed token")
        if not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10) or parts[1].startswith("0"):
            raise MalformedToken("no key version")
        data = to_bytes(parts[2])
        if len(data) < NONCE + TAG:
            raise MalformedToken("too short")
        return cls(int(parts[1]), data[:NONCE], data[NONCE:])


def key_version(token: str) -> int:
    """Return the tenant key version that sealed a token; MalformedToken if it is none."""
    return Token.parse(token).version


def _one_nonce() -> bytes:
    return os.urandom(NONCE)


def _nonces() -> Iterator[bytes]:
    """Yield nonces; a system call for each would cost more than the cipher."""
    while True:
        block = os.urandom(NONCE * NONCES)
        for start in range(0, len(block), NONCE):
            yield block[start : start + NONCE]


class Mac:
    """HMAC-SHA-256 (RFC 2104) under one key, whose two blocks are hashed once: half the price for short values."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(self, message: bytes) -> bytes:
        """Return the 32 bytes of a message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class TenantKeys:
    """All live versions of one tenant's keys; the newest seals and indexes, all open and search.

    AES-256-GCM with a random 96-bit nonce: a version is good for 2**32 values (NIST SP 800-38D, 8.3).
    The context is part of what is authenticated, so that a bank card pasted into the column of names does
    not open; the row is not, because sealed values travel in events from service to service.
    """

    def __init__(self, tenant_id: UUID, material: Mapping[int, bytes]) -> None:
        if not material:
            raise NoTenantKey(f"tenant {tenant_id} has no key here")
        if any(len(key) != MATERIAL or version < 1 for version, key in material.items()):
            raise ValueError(f"a tenant key has a version from 1 and {MATERIAL} bytes")
        self.tenant_id = tenant_id
        self.newest, self._oldest = max(material), min(material)
        self._ciphers = {version: AESGCM(key[:32]) for version, key in material.items()}
        self._index_keys = {version: Mac(key[32:]) for version, key in material.items()}
        # Fields and kinds are few and asked for in every row of a large file.
        self._contexts: dict[tuple[int, str], bytes] = {}
        self._kinds: dict[str, bytes] = {}
        self._person_kinds: dict[str, bytes] = {}
        self._nonce = _one_nonce

    @classmethod
    def unwrap(cls, master: MasterKeys, tenant_id: UUID, wrapped: Mapping[int, bytes]) -> "TenantKeys":
        """Unwrap all versions of a tenant's keys; Tampered, UnknownMasterKey or NoTenantKey."""
        return cls(
            tenant_id,
            {
                version: unwrap_tenant_key(master, value, tenant_id=tenant_id, version=version)
                for version, value in wrapped.items()
            },
        )

    @property
    def versions(self) -> list[int]:
        """All live versions, newest first."""
        return sorted(self._ciphers, reverse=True)

    def _aad(self, version: int, context: str) -> bytes:
        known = self._contexts.get((version, context))
        if known is None:
            parts = FORMAT.encode(), self.tenant_id.bytes, version.to_bytes(4, "big"), context.encode()
            known = self._contexts[version, context] = frame(*parts)
        return known

    def for_masses(self) -> Self:
        """Return these keys for one thread of a process that seals masses: random bytes are fetched in blocks."""
        self._nonce = partial(next, _nonces())
        return self

    def seal_bytes(self, data: bytes, *, context: str) -> str:
        """Encrypt bytes under the newest version; `context` names the field, e.g. "member.id_number"."""
        nonce = self._nonce()
        body = self._ciphers[self.newest].encrypt(nonce, data, self._aad(self.newest, context))
        return f"{FORMAT}.{self.newest}.{to_text(nonce + body)}"

    def open_bytes(self, token: str, *, context: str) -> bytes:
        """Decrypt a token; MalformedToken, UnknownKeyVersion, or Tampered (also: other tenant or context)."""
        version, nonce, body = Token.parse(token)
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise UnknownKeyVersion(version)
        try:
            return cipher.decrypt(nonce, body, self._aad(version, context))
        except InvalidTag:
            raise Tampered("a sealed value does not verify") from None

    def seal(self, plaintext: str, *, context: str) -> str:
        """Encrypt a text; the token names its format and key version and may be stored and sent anywhere."""
        return self.seal_bytes(plaintext.encode(), context=context)

    def open(self, token: str, *, context: str) -> str:
        """Decrypt a text; errors as in `open_bytes`."""
        return self.open_bytes(token, context=context).decode()

    def reseal(self, token: str, *, context: str) -> str:
        """Return the token under the newest version: the same token if it is there already."""
        if key_version(token) == self.newest:
            return token
        return self.seal_bytes(self.open_bytes(token, context=context), context=context)

    def _blind(self, version: int, kind: str, value: str) -> str:
        begin = self._kinds.get(kind)
        if begin is None:
            begin = self._kinds[kind] = frame(kind.encode())
        encoded = value.encode()
        message = begin + len(encoded).to_bytes(4, "big") + encoded
        return f"{version}.{to_text(self._index_keys[version].digest(message))}"

    def blind(self, kind: str, value: str) -> str:
        """Return the blind index of a value under the newest version, to be stored beside its token.

        Equal exactly when tenant, kind and value are equal: the caller normalises first (x or X, spaces).
        """
        return self._blind(self.newest, kind, value)

    def blinds(self, kind: str, value: str) -> list[str]:
        """Return the index under every live version, newest first: search with IN while keys rotate."""
        return [self._blind(version, kind, value) for version in self.versions]

    def person_id(self, document_kind: str, number: str) -> UUID:
        """Return the id that a person not yet known gets for a document number: the same in every service.

        UUIDv8 (RFC 9562) of an HMAC under the oldest live key, so that two services which meet a person at the
        same time agree without asking each other, and nobody without the key gets from one to the other.
        """
        begin = self._person_kinds.get(document_kind)
        if begin is None:
            begin = self._person_kinds[document_kind] = frame(b"person", document_kind.encode())
        message = begin + frame(number.encode())
        digest = int.from_bytes(self._index_keys[self._oldest].digest(message)[:16], "big")
        return UUID(int=digest & ~(0xF << 76 | 0b11 << 62) | 0x8 << 76 | 0b10 << 62)

    def sealed(self, value: str, *, context: str, kind: str | None = None) -> Sealed:
        """Return a value as events carry it; with an index when `kind` is given."""
        index = self.blind(kind, value) if kind is not None else None
        return Sealed(ciphertext=self.seal(value, context=context), index=index)

    def sealed_words(self, words: str) -> Sealed:
        """Return what a person wrote to another (an opinion, a reason) as events carry it: it may name anything."""
        return self.sealed(words, context=WORDS)

    def open_words(self, sealed: Sealed | None) -> str:
        """Decrypt what `sealed_words` made; nothing is no words."""
        return self.open_sealed(sealed, context=WORDS) if sealed is not None else ""

    def open_sealed(self, sealed: Sealed, *, context: str) -> str:
        """Decrypt a value of an event; errors as in `open_bytes`."""
        return self.open(sealed.ciphertext, context=context)

    def __repr__(self) -> str:
        return f"TenantKeys(tenant_id={self.tenant_id}, versions={self.versions})"
