"""The object store of a single server, started as its container starts it: without rights, ready when it says so."""

import io
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from ..e2e.conftest import free_port
from ..stack_broker import short_lived_home
from .test_compose import lines, prepared, read

__all__ = ["prepared"]


@pytest.fixture
def store(prepared: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The object store as its container starts it: the image's entry puts its own words in front of the command."""
    chosen = read(prepared)["services"]["seaweed"]
    port = free_port()
    folder = short_lived_home("huzhu-store-").path.parent
    folder.chmod(0o755)
    (folder / "data").mkdir()
    shutil.copy(prepared / "secrets" / "seaweed.json", folder / "seaweed.json")
    weed = str(shutil.copy(Path(sysconfig.get_path("scripts")) / "weed", folder / "weed"))
    words = ["-dir=/data", "-volume.max=0", "-master.volumePreallocate", "-master.volumeSizeLimitMB=1024"]
    servers = ("master.port", "volume.port", "filer.port", "s3.port")
    others = [
        f"-{one}{kind}={free_port()}" for one in servers for kind in ("", ".grpc") if one + kind != "s3.port"
    ]
    put = {
        "/data": str(folder / "data"),
        "/run/secrets": str(folder),
        "0.0.0.0": "127.0.0.1",
        "8333": str(port),
    }
    argv = [weed, "server", *words, *chosen["command"][1:], *others]
    for before, after in put.items():
        argv = [word.replace(before, after) for word in argv]
    user, group = (int(number) for number in chosen["user"].split(":"))
    if os.geteuid() == 0:
        os.chown(folder / "data", user, group)
        argv = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs",
                "--bounding-set=-all", *argv]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=folder / "data", stdout=log, stderr=log)
    yield port, process
    process.kill()
    process.wait(20)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(180)
def test_the_object_store_starts_without_rights_and_says_when_it_is_ready(
    prepared: Path, store: tuple[int, subprocess.Popen[bytes]]
) -> None:
    port, process = store
    asked = str(read(prepared)["services"]["seaweed"]["healthcheck"]["test"][-1]).replace("8333", str(port))
    keys = lines(prepared / "secrets" / "common.env")
    client = Minio(
        f"127.0.0.1:{port}",
        access_key=keys["HUZHU_S3_ACCESS_KEY"],
        secret_key=keys["HUZHU_S3_SECRET_KEY"],
        secure=False,
        region="us-east-1",
    )
    end = time.monotonic() + 120
    while True:
        assert process.poll() is None and time.monotonic() < end, "the store has ended or is not ready"
        try:
            if httpx.get(asked, trust_env=False, timeout=5).status_code == 200:
                if not client.bucket_exists("huzhu-kept"):
                    client.make_bucket("huzhu-kept")
                client.put_object("huzhu-kept", "a", io.BytesIO(b"paper"), 5)
                break
        except (httpx.HTTPError, MinioException, HTTPError):
            pass
        time.sleep(0.3)
    assert client.get_object("huzhu-kept", "a").read() == b"paper"
    assert httpx.get(f"http://127.0.0.1:{port}/huzhu-kept/a", trust_env=False).status_code == 403
