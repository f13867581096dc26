"""The objects of a platform: copied out of its store into a folder, and put back from there."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minio import Minio


def copy_objects(client: "Minio", folder: Path) -> int:
    """Copy what is new; an object never changes under its name. Returns how many were copied."""
    copied = 0
    for bucket in client.list_buckets():
        for found in client.list_objects(bucket.name, recursive=True):
            place = folder / bucket.name / str(found.object_name)
            if place.is_file() and place.stat().st_size == found.size:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            client.fget_object(bucket.name, str(found.object_name), str(place))
            copied += 1
    return copied


def put_objects_back(client: "Minio", folder: Path) -> int:
    """Put what the store has not; returns how many were put."""
    there, put = {bucket.name for bucket in client.list_buckets()}, 0
    for bucket in sorted(one for one in folder.iterdir() if one.is_dir()):
        known: set[str] = set()
        if bucket.name in there:
            known = {str(found.object_name) for found in client.list_objects(bucket.name, recursive=True)}
        else:
            client.make_bucket(bucket.name)
        for path in sorted(one for one in bucket.rglob("*") if one.is_file()):
            name = path.relative_to(bucket).as_posix()
            if name not in known:
                client.fput_object(bucket.name, name, str(path))
                put += 1
    return put
