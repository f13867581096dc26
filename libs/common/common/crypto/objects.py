"""Encryption of whole objects (files) as a stream of frames; nothing is ever held but a frame.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM: every object has its own
key, derived from a random salt in its header; a frame's nonce is its number and whether it is the last.
"""

import os
from collections.abc import AsyncIterable, AsyncIterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .encoding import frame
from .errors import Tampered, Truncated

MAGIC = b"HZO1"
SALT = 32
HEADER = len(MAGIC) + SALT
FRAME = 64 * 1024
TAG = 16
SEALED_FRAME = FRAME + TAG


class ObjectCipher:
    """Seals and opens the frames of one object; `context` binds it to where it is stored."""

    def __init__(self, key: bytes, *, context: str, header: bytes | None = None) -> None:
        """Start a new object, or open one by its `header` (36 bytes); Tampered if that is not a header."""
        if len(key) != 32:
            raise ValueError("an object key has 32 bytes")
        self.header = MAGIC + os.urandom(SALT) if header is None else header
        if len(self.header) != HEADER or not self.header.startswith(MAGIC):
            raise Tampered("not an encrypted object")
        info = frame(b"huzhu.object", self.header, context.encode())
        derived = HKDF(algorithm=SHA256(), length=32, salt=self.header[len(MAGIC) :], info=info).derive(key)
        self._cipher = AESGCM(derived)

    @staticmethod
    def _nonce(number: int, last: bool) -> bytes:
        return number.to_bytes(11, "big") + bytes([last])

    def seal_frame(self, number: int, plaintext: bytes, *, last: bool) -> bytes:
        """Encrypt frame `number` (from 0). Each number may be sealed once only."""
        return self._cipher.encrypt(self._nonce(number, last), plaintext, None)

    def open_frame(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """Decrypt frame `number`; Tampered if it was changed or stands in another place."""
        try:
            return self._cipher.decrypt(self._nonce(number, last), sealed, None)
        except InvalidTag:
            raise Tampered("a frame of an object does not verify") from None


def ciphertext_length(plaintext_length: int) -> int:
    """Return the size in bytes of the encrypted object for a plaintext of that size."""
    frames = max(1, -(-plaintext_length // FRAME))
    return HEADER + plaintext_length + frames * TAG


def plaintext_length(ciphertext_length: int) -> int:
    """Return the size in bytes of what is inside; Truncated if no object can have that size."""
    body = ciphertext_length - HEADER
    if body < TAG or 0 < body % SEALED_FRAME < TAG or (body > SEALED_FRAME and body % SEALED_FRAME == TAG):
        raise Truncated("no encrypted object has this size")
    return body - -(-body // SEALED_FRAME) * TAG


async def encrypt(source: AsyncIterable[bytes], key: bytes, *, context: str) -> AsyncIterator[bytes]:
    """Encrypt a stream of chunks of any size under a person's key; yields the header, then frames."""
    cipher = ObjectCipher(key, context=context)
    yield cipher.header
    number = 0
    async for block, last in blocks(source, FRAME):
        yield cipher.seal_frame(number, block, last=last)
        number += 1


async def decrypt(source: AsyncIterable[bytes], key: bytes, *, context: str) -> AsyncIterator[bytes]:
    """Decrypt what `encrypt` made, frame by frame.

    Tampered at the first frame that was changed or moved, and at the end of an object that is cut off or goes
    on: what came before may be used only when the stream has ended without an error.
    """
    cipher: ObjectCipher | None = None
    number = 0
    async for block, last in blocks(source, SEALED_FRAME, first=HEADER):
        if cipher is None:
            if last or len(block) < HEADER:
                raise Truncated("an encrypted object ends within its header")
            cipher = ObjectCipher(key, context=context, header=block)
            continue
        yield cipher.open_frame(number, block, last=last)
        number += 1


async def blocks(
    source: AsyncIterable[bytes], size: int, *, first: int | None = None
) -> AsyncIterator[tuple[bytes, bool]]:
    """Cut a stream into blocks of `size` (the first of `first`) and say which is the last.

    An empty stream has one empty last block; any other ends with a block that is not empty.
    """
    buffer = bytearray()
    want = first or size
    async for chunk in source:
        buffer += chunk
        while len(buffer) > want:
            yield bytes(buffer[:want]), False
            del buffer[:want]
            want = size
    yield bytes(buffer), True
