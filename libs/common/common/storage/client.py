"""The `minio` client in threads of its own, few of them, with its errors sorted into ours."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from ..settings import CommonSettings
from .errors import ObjectMissing, StorageRefused, StorageUnavailable

Result = TypeVar("Result")
REGION = "us-east-1"
THREADS = 8
MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchUpload", "NoSuchVersion"})
BUSY = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "OperationAborted"})


def make_client(
    settings: CommonSettings, *, connections: int = THREADS, read_seconds: float = 30, again: int = 2
) -> Minio:
    """Return a client that connects on first use and tries what may be repeated so many times `again`."""
    pool = urllib3.PoolManager(
        maxsize=connections,
        timeout=urllib3.Timeout(connect=3, read=read_seconds),
        retries=urllib3.Retry(total=again, backoff_factor=0.1, status_forcelist=(500, 502, 503, 504)),
    )
    return Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=settings.s3_secure,
        region=REGION,
        http_client=pool,
    )


class Threads:
    """Runs the client's calls in a bounded pool, so that a slow store never takes the threads of others."""

    def __init__(self, count: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="s3")

    async def run(self, call: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Call and wait; StorageUnavailable, StorageRefused or ObjectMissing instead of the client's errors."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, lambda: call(*args, **options))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise sorted_error(error) from error

    def close(self) -> None:
        """Let the threads end when their calls have."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def sorted_error(error: Exception) -> Exception:
    """Return our error for one of the client's; its text names code and status only."""
    if isinstance(error, S3Error):
        if error.code in MISSING:
            return ObjectMissing(str(error.code))
        busy = error.code in BUSY or error.response.status >= 500
        return (StorageUnavailable if busy else StorageRefused)(f"object store: {error.code}")
    if isinstance(error, ServerError | InvalidResponseError | urllib3.exceptions.HTTPError):
        return StorageUnavailable(f"object store: {type(error).__name__}")
    return StorageRefused(f"object store: {type(error).__name__}")
