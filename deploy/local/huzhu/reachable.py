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
from huzhu.findings import FIRST, UNREACHABLE, Finding
from huzhu.home import SERVICES, Home
from huzhu.running import public_url, running_home
from huzhu.service_contexts import worker_of

PROBES = "HUZHU_PROBES"
"""Addresses at which each process answers whether it is ready: "claims-worker=http://…, claims-api=http://…"; every
address that such a name has is one process. Left out: the processes of this machine's own platform."""
EDGE = "HUZHU_EDGE"
"""host:port that ends TLS for the platform's name, where it is not to be looked up by that name."""
ANSWERS_WITHIN = 8.0
CERTIFICATE_LASTS = timedelta(days=14)
REQUEST = "GET /api/identity/.well-known/jwks.json HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
PROBERS = ("worker", "recognition")


async def reachable() -> AsyncIterator[Finding]:
    """Ask all at once: whoever hangs keeps nobody waiting but itself."""
    probes = [*await asyncio.to_thread(every_process), *_behind_gateway()]
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


def every_process() -> list[tuple[str, str]]:
    """Every process of the platform, each with the address of its own readiness."""
    named = _named()
    known = {name for name, _ in named}
    apis = [(f"{service}-api", _at_platform(service)) for service in SERVICES]
    found = [one for one in apis if one[0] not in known]
    for name, url in named:
        each = _each(url)
        found += (
            [(name, url)] if len(each) < 2 else [(f"{name} {urlsplit(one).hostname}", one) for one in each]
        )
    return found


def _named() -> list[tuple[str, str]]:
    given = os.environ.get(PROBES)
    if given is None:
        return list(probes_of(running_home()))
    parts = (part.strip().partition("=") for part in given.split(","))
    return [(name, url) for name, _, url in parts if name]


def probes_of(home: Home) -> Iterator[tuple[str, str]]:
    """The processes of a home that no gateway shows, by the ports that it remembers."""
    try:
        ports = json.loads((home.run / "ports.json").read_text())
    except (OSError, ValueError):
        return
    for name, port in sorted(ports.items()):
        if name.rpartition(".")[2] in PROBERS:
            yield name.replace(".", "-"), f"http://127.0.0.1:{port}/readyz"


def _each(url: str) -> list[str]:
    """The same question at every address of its name: one for each container or pod behind it."""
    place = urlsplit(url)
    if place.scheme != "http":  # a certificate is for the name
        return [url]
    try:
        answers = socket.getaddrinfo(place.hostname, place.port or 80, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return [url]  # asked by its name, it says that nobody answers
    hosts = sorted({str(address[0]) for *_, address in answers})
    shown = (f"[{host}]" if ":" in host else host for host in hosts)
    return [place._replace(netloc=f"{host}:{place.port or 80}").geturl() for host in shown]


def _behind_gateway() -> list[tuple[str, str]]:
    """Each service as everybody asks it, where apis have addresses of their own and a gateway stands before them."""
    named = dict(_named())
    if any(urlsplit(url).netloc == urlsplit(public_url()).netloc for url in named.values()):
        return []
    behind = (service for service in SERVICES if f"{service}-api" in named)
    return [(f"{service} 经网关 through the gateway", _at_platform(service)) for service in behind]


def _at_platform(service: str) -> str:
    return f"{public_url()}/api/{service}/readyz"


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
