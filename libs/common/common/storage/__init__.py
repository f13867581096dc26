"""Files: S3 streamed through the services, encrypted. `common.storage.uploads` adds resumable uploads."""

from .errors import ObjectMissing, StorageRefused, StorageUnavailable
from .sealed import StoredFile, read_sealed, write_sealed
from .store import ObjectStat, ObjectStore, object_name

__all__ = [
    "ObjectMissing",
    "ObjectStat",
    "ObjectStore",
    "StorageRefused",
    "StorageUnavailable",
    "StoredFile",
    "object_name",
    "read_sealed",
    "write_sealed",
]
