"""The object store of one server and of the demo has room for every service's bucket on a small disk."""

import io
import os
import subprocess
import sysconfig
import time
from pathlib import Path

import httpx
import pytest
import yaml
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from huzhu.home import SERVICES

from ..conftest import ROOT
from ..e2e.conftest import free_port
from ..stack_broker import short_lived_home

SMALL = "-volume.max=8"


def chosen(place: str) -> tuple[list[str], dict[str, str]]:
    """The store's options and environment."""
    if place == "compose":
        service = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())["services"]["seaweed"]
        return service["command"][1:], service.get("environment", {})
    documents = yaml.safe_load_all((ROOT / "deploy/k8s/overlays/demo/store.yaml").read_text())
    (container,) = [
        one["spec"]["template"]["spec"]["containers"][0] for one in documents if one["kind"] == "StatefulSet"
    ]
    return container["command"][2:], {one["name"]: one["value"] for one in container.get("env", ())}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("place", ["compose", "demo"])
def test_every_bucket_takes_its_first_object(place: str) -> None:
    """A store that gives the first bucket seven of its eight volumes refuses the last ones (`no free volumes left`)."""
    options, environment = chosen(place)
    folder = short_lived_home("huzhu-room-").path.parent
    (folder / "data").mkdir()
    port = free_port()
    keys = folder / "keys.json"
    keys.write_text(
        '{"identities": [{"name": "x", "actions": ["Admin", "Read", "Write", "List"],'
        ' "credentials": [{"accessKey": "access", "secretKey": "secret-of-the-test"}]}]}'
    )
    put = {"-dir": folder / "data", "-s3.ip.bind": "127.0.0.1", "-s3.port": port, "-s3.config": keys}
    argv = [
        f"{name}={put.get(name, value)}" if value else name
        for name, _, value in (o.partition("=") for o in options)
    ]
    others = [
        f"-{server}.port{kind}={free_port()}"
        for server in ("master", "volume", "filer", "s3")
        for kind in ("", ".grpc")
        if server + kind != "s3"
    ]
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [weed, "server", *argv, *others, SMALL], env={**os.environ, **environment}, stdout=log, stderr=log
        )
    client = Minio(
        f"127.0.0.1:{port}",
        access_key="access",
        secret_key="secret-of-the-test",
        secure=False,
        region="us-east-1",
    )
    try:
        _until(lambda: client.list_buckets() is not None, process)
        for service in SERVICES:
            bucket = f"huzhu-{service}"
            client.make_bucket(bucket)
            _until(
                lambda bucket=bucket: client.put_object(bucket, "a", io.BytesIO(b"paper"), 5),
                process,
                seconds=20,
            )
    finally:
        process.kill()
        process.wait(20)


def _until(done: object, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while True:
        assert process.poll() is None, "the store has ended"
        try:
            done()  # type: ignore[operator]
            return
        except (httpx.HTTPError, MinioException, HTTPError):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
