"""SeaweedFS: keys on every listener, persistence, kills."""

import asyncio
import io
import os
import signal
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from minio import Minio
from minio.error import S3Error

from huzhu.home import Home
from huzhu.parts import EmbeddedSeaweed
from huzhu.parts.ports import HOST
from huzhu.parts.seaweed import GRPC_DISTANCE

from .processes import running_on

BUCKET = "evidence"


def put(client: Minio, name: str, content: bytes) -> None:
    client.put_object(BUCKET, name, io.BytesIO(content), len(content))


def get(client: Minio, name: str) -> bytes:
    with client.get_object(BUCKET, name) as answer:
        return bytes(answer.read())


@pytest.fixture(scope="module")
async def seaweed(kept_home: Home) -> AsyncIterator[EmbeddedSeaweed]:
    async with EmbeddedSeaweed(kept_home) as part:
        part.client().make_bucket(BUCKET)
        put(part.client(), "receipt", b"content")
        yield part
    assert running_on(kept_home) == []
    own = [port for base in part.ports.values() for port in (base, base + GRPC_DISTANCE)]
    left = [path for port in own for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock")]
    assert left == []


async def test_strangers_are_refused_on_every_listener(seaweed: EmbeddedSeaweed) -> None:
    with pytest.raises(S3Error, match="Access Denied"):
        Minio(seaweed.endpoint, secure=False, region="us-east-1").get_object(BUCKET, "receipt")
    wrong = Minio(
        seaweed.endpoint, access_key=seaweed.access_key, secret_key="x" * 20, secure=False, region="us-east-1"
    )
    with pytest.raises(S3Error, match="signature"):
        wrong.get_object(BUCKET, "receipt")
    paths = (
        "/",
        f"/{BUCKET}/receipt",
        f"/buckets/{BUCKET}/receipt",
        "/dir/assign",
        "/dir/status",
        "/vol/grow?count=1",
    )
    async with httpx.AsyncClient(trust_env=False) as stranger:
        for server, port in seaweed.ports.items():
            for path in (*paths, f"/col/delete?collection={BUCKET}"):
                answer = await stranger.get(f"http://{HOST}:{port}{path}")
                assert answer.status_code >= 400, f"{server} answers a stranger on {path}"
            with suppress(
                httpx.ReadError
            ):  # refused before the body was read: the connection may be closed first
                put = await stranger.put(f"http://{HOST}:{port}/{BUCKET}/x", content=b"x")
                assert put.status_code >= 400, server
    names = [one.object_name for one in seaweed.client().list_objects(BUCKET, recursive=True)]
    assert "x" not in names
    assert get(seaweed.client(), "receipt") == b"content"


@pytest.mark.parametrize("server", ["master", "master+grpc", "volume+grpc", "filer+grpc", "s3+grpc"])
async def test_the_servers_know_each_other_by_certificate(seaweed: EmbeddedSeaweed, server: str) -> None:
    name, _, grpc = server.partition("+")
    port = seaweed.ports[name] + (GRPC_DISTANCE if grpc else 0)
    assert await asyncio.to_thread(refuses_without_certificate, port)


def refuses_without_certificate(port: int) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection((HOST, port), timeout=5) as raw:
        try:
            with context.wrap_socket(raw) as secured:
                secured.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                secured.recv(1)
        except ssl.SSLError as error:
            return "certificate" in str(error).lower()
    return False


async def test_it_listens_on_loopback_only_and_shows_no_secret(seaweed: EmbeddedSeaweed) -> None:
    assert seaweed.pid is not None
    process = psutil.Process(seaweed.pid)
    listening = {
        entry.laddr.ip for entry in process.net_connections("tcp") if entry.status == psutil.CONN_LISTEN
    }
    assert listening == {HOST}
    shown = " ".join(process.cmdline()) + seaweed.home.log_of("seaweed").read_text()
    assert seaweed.secret_key not in shown
    assert seaweed.home.secrets["seaweed_signing_key"] not in shown


async def test_objects_survive_kills_and_a_change_of_ports(seaweed: EmbeddedSeaweed) -> None:
    for round_ in range(2):
        put(seaweed.client(), f"object{round_}", os.urandom(3_000_000))
        before = get(seaweed.client(), f"object{round_}")
        assert seaweed.pid is not None
        os.kill(seaweed.pid, signal.SIGKILL)
        await seaweed.wait()
        await seaweed.stop()
        if round_:
            (seaweed.home.run / "ports.json").unlink()
        await seaweed.start()
        assert get(seaweed.client(), f"object{round_}") == before
        assert get(seaweed.client(), "receipt") == b"content"
