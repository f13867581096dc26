"""Master keys wrap tenant keys (envelope encryption); they come from the settings, never from a database."""

import base64
import binascii
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .encoding import frame
from .errors import Tampered, UnknownMasterKey

MAGIC = b"HK1"
HEADER = len(MAGIC) + 4
NONCE = 12
MATERIAL = 64


class MasterKeys:
    """All master keys by id; the highest id wraps, the others still unwrap."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys:
            raise ValueError("no master key")
        for key_id, key in keys.items():
            if not 0 < key_id < 2**32 or len(key) != 32:
                raise ValueError(f"master key {key_id} must have a positive id and 32 bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.newest = max(keys)

    @classmethod
    def parse(cls, text: str) -> "MasterKeys":
        """Read "1:<base64 of 32 bytes>,2:…"; ValueError, without the keys in it, if it is not that."""
        keys: dict[int, bytes] = {}
        for entry in text.split(","):
            key_id, separator, encoded = entry.strip().partition(":")
            if not separator or not (key_id.isascii() and key_id.isdigit()):
                raise ValueError("master keys are written <number>:<base64>, separated by commas")
            if int(key_id) in keys:
                raise ValueError(f"master key {int(key_id)} is given twice")
            try:
                keys[int(key_id)] = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                raise ValueError(f"master key {int(key_id)} is not base64") from None
        return cls(keys)

    def wrap(self, material: bytes, aad: bytes) -> bytes:
        """Encrypt key material under the newest master key, whose id stands in the header."""
        header = MAGIC + self.newest.to_bytes(4, "big")
        nonce = os.urandom(NONCE)
        return header + nonce + self._ciphers[self.newest].encrypt(nonce, material, frame(header, aad))

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Decrypt what `wrap` made; Tampered or UnknownMasterKey."""
        key_id = wrapping_key_id(wrapped)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownMasterKey(key_id)
        header, nonce, body = wrapped[:HEADER], wrapped[HEADER : HEADER + NONCE], wrapped[HEADER + NONCE :]
        try:
            return cipher.decrypt(nonce, body, frame(header, aad))
        except InvalidTag:
            raise Tampered("a wrapped key does not verify") from None


def wrapping_key_id(wrapped: bytes) -> int:
    """Return the id of the master key that wrapped these bytes; Tampered if the header is not ours."""
    if len(wrapped) < HEADER + NONCE + 16 or not wrapped.startswith(MAGIC):
        raise Tampered("not a wrapped key")
    return int.from_bytes(wrapped[len(MAGIC) : HEADER], "big")


def _aad(tenant_id: UUID, version: int) -> bytes:
    return frame(b"huzhu.tenant-key", tenant_id.bytes, version.to_bytes(4, "big"))


def new_tenant_key(master: MasterKeys, *, tenant_id: UUID, version: int) -> bytes:
    """Make a tenant key (64 random bytes: 32 encryption, 32 blind index) and return it wrapped."""
    return wrap_tenant_key(master, os.urandom(MATERIAL), tenant_id=tenant_id, version=version)


def wrap_tenant_key(master: MasterKeys, material: bytes, *, tenant_id: UUID, version: int) -> bytes:
    """Wrap tenant key material; the result opens only as this version of this tenant's key."""
    if len(material) != MATERIAL:
        raise ValueError(f"a tenant key has {MATERIAL} bytes")
    return master.wrap(material, _aad(tenant_id, version))


def unwrap_tenant_key(master: MasterKeys, wrapped: bytes, *, tenant_id: UUID, version: int) -> bytes:
    """Return the 64 bytes of a tenant key; Tampered (also another tenant or version), UnknownMasterKey."""
    return master.unwrap(wrapped, _aad(tenant_id, version))


def rewrap_tenant_key(master: MasterKeys, wrapped: bytes, *, tenant_id: UUID, version: int) -> bytes:
    """Return the same tenant key under the newest master key; unchanged bytes if it is there already."""
    if wrapping_key_id(wrapped) == master.newest:
        return wrapped
    material = unwrap_tenant_key(master, wrapped, tenant_id=tenant_id, version=version)
    return wrap_tenant_key(master, material, tenant_id=tenant_id, version=version)
