"""Writing an object of unknown size in parts (S3 multipart upload), one part in memory at a time.

`minio` offers this only as a loop over a blocking reader, which would hold a thread for as long as the slowest
sender takes; its single steps are not public, so this is the one file that calls them (pinned by the lock file,
tested on a real store).
"""

from collections.abc import AsyncIterator
from contextlib import suppress

from minio import Minio
from minio.datatypes import Part

from .client import Threads

PART_BYTES = 8 * 1024 * 1024
"""S3 wants at least 5 MiB in every part but the last; 10,000 parts make 80 GB."""


class MultipartWriter:
    """One multipart upload; the object appears when it is completed and not before."""

    def __init__(self, client: Minio, threads: Threads, bucket: str, name: str) -> None:
        self._client = client
        self._threads = threads
        self._place = (bucket, name)

    async def write(self, blocks: AsyncIterator[bytes], *, content_type: str) -> None:
        """Write all blocks (each but the last of PART_BYTES); on any failure what was written is given up."""
        create = self._client._create_multipart_upload
        upload = await self._threads.run(create, *self._place, {"Content-Type": content_type})
        parts: list[Part] = []
        try:
            async for block in blocks:
                number = len(parts) + 1
                send = self._client._upload_part
                etag = await self._threads.run(send, *self._place, block, None, upload, number)
                parts.append(Part(number, etag))
            await self._threads.run(self._client._complete_multipart_upload, *self._place, upload, parts)
        except BaseException:
            with suppress(Exception):  # the store may be away; what failed is what matters
                await self._threads.run(self._client._abort_multipart_upload, *self._place, upload)
            raise
