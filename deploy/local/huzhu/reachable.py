"""Whether each process answers, and what no process's readiness shows: cache, object store, edge and certificate."""

import asyncio
import json
import os
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
from minio.error import MinioException
from redis.exceptions import RedisError
from urllib3.exceptions import HTTPError as StoreAway

from common.clock import now
from common.http import ServiceContext
from common.storage.client import make_client
from huzhu.cli.service_contexts import worker_of
from huzhu.findings import FIRST, UNREACHABLE, Finding
from huzhu.home import SERVICES, Home
from huzhu.running import public_url, running_home

PROBES = "HUZHU_PROBES"
"""Addresses that answer whether a process is ready, beside those behind the gateway: "name=http://…, name=…"; those of
this machine's own platform are known."""
EDGE = "HUZHU_EDGE"
"""host:port that ends TLS for the platform's name, where it is not to be looked up by that name."""
ANSWERS_WITHIN = 8.0
CERTIFICATE_LASTS = timedelta(days=14)
REQUEST = "GET /api/identity/.well-known/jwks.json HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
PROBERS = ("worker", "recognition")


async def reachable() -> AsyncIterator[Finding]:
    """Ask all at once: whoever hangs keeps nobody waiting but itself."""
    probes = list(_probes())
    faults = await asyncio.gather(*(asyncio.to_thread(_not_ready, url) for _, url in probes))
    for (name, _), fault in zip(probes, faults, strict=True):
        yield Finding(f"{name} 就绪 ready", fault, FIRST)
    context = worker_of("identity").context
    try:
        yield Finding("缓存 cache", await _cache(context), FIRST)
        yield Finding("对象存储 object store", await asyncio.to_thread(_store, context), FIRST)
    finally:
        await context.close()
    if (named := urlsplit(os.environ.get("HUZHU_PUBLIC_URL", ""))).scheme == "https":
        fault = await asyncio.to_thread(edge_fault, named.hostname or "")
        yield Finding(f"网关与证书 edge and certificate {named.hostname}", fault, UNREACHABLE)


def _probes() -> Iterator[tuple[str, str]]:
    for service in SERVICES:
        yield f"{service}-api", f"{public_url()}/api/{service}/readyz"
    yield from probers()


def probers() -> Iterator[tuple[str, str]]:
    """Workers and recognisers that can be asked from here, each with the address of its readiness."""
    given = os.environ.get(PROBES)
    if given is None:
        yield from probes_of(running_home())
        return
    for one in filter(None, (part.strip() for part in given.split(","))):
        name, _, url = one.partition("=")
        yield name, url


def probes_of(home: Home) -> Iterator[tuple[str, str]]:
    """The processes of a home that no gateway shows, by the ports that it remembers."""
    try:
        ports = json.loads((home.run / "ports.json").read_text())
    except (OSError, ValueError):
        return
    for name, port in sorted(ports.items()):
        if name.rpartition(".")[2] in PROBERS:
            yield name.replace(".", "-"), f"http://127.0.0.1:{port}/readyz"


def _not_ready(url: str) -> str:
    try:
        answer = httpx.get(url, trust_env=False, timeout=ANSWERS_WITHIN)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{url} 没有应答 does not answer ({type(error).__name__})"
    return "" if answer.is_success else f"{url} 应答 answers {answer.status_code}"


async def _cache(context: ServiceContext) -> str:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            await context.redis.ping()
    except (RedisError, OSError) as error:  # a TimeoutError is an OSError
        return f"没有应答，登录与验证码不可用 away, nobody signs in or gets a code ({type(error).__name__})"
    return ""


def _store(context: ServiceContext) -> str:
    try:
        make_client(context.settings, read_seconds=ANSWERS_WITHIN, again=0).bucket_exists("huzhu-identity")
    except (MinioException, StoreAway, OSError, ValueError) as error:
        return f"{context.settings.s3_endpoint} 没有应答 does not answer ({type(error).__name__})"
    return ""


def edge_fault(host: str) -> str:
    """As everybody comes: by the name, through the certificate; asked at the edge itself where that is named."""
    place, _, port = os.environ.get(EDGE, f"{host}:443").partition(":")
    try:
        with (
            socket.create_connection((place, int(port or 443)), timeout=ANSWERS_WITHIN) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
            secured.sendall(REQUEST.format(host=host).encode())
            answer = secured.recv(64).split(b"\r\n")[0].decode("latin-1")
    except ssl.SSLCertVerificationError as error:
        return f"证书无效 the certificate does not hold: {error.verify_message}"
    except (OSError, ValueError) as error:
        return f"{place}:{port} 没有应答 does not answer ({type(error).__name__})"
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    if ends - now() < CERTIFICATE_LASTS:
        return f"证书未续期，到期于 the certificate was not renewed and ends {ends:%Y-%m-%d %H:%M} UTC"
    return "" if " 200 " in f"{answer} " else f"应答 answers {answer}"
