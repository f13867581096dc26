"""The broker's authority is renewed once a year: a process that runs through it trusts the new one."""

import asyncio
import shutil
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from common.bus.kafka_access import kafka_access
from huzhu.parts.certificates import Certificates, make_certificates


def generation(folder: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """An authority of a name of its own, as Strimzi numbers them, and a broker's certificate."""

    def named(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{common} v{number}")])

    monkeypatch.setattr("huzhu.parts.certificates._name", named)
    return make_certificates(folder / f"v{number}")


async def greets(made: Certificates, trusting: ssl.SSLContext) -> bool:
    """Whether a client takes a broker of this generation for genuine."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(made.certificate, made.key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=own)
    port = server.sockets[0].getsockname()[1]
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    except ssl.SSLCertVerificationError:
        return False
    finally:
        server.close()
    writer.close()
    return True


async def test_an_authority_that_is_renewed_while_a_process_runs_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (generation(tmp_path, number, monkeypatch) for number in (0, 1))
    file = Path(shutil.copy(first.authority, tmp_path / "kafka.crt"))
    access = kafka_access("SASL_SSL", ca_file=file, user="claims", password="word")
    trusting = access["ssl_context"]
    assert await greets(first, trusting) and not await greets(second, trusting)
    file.unlink()
    assert await greets(first, trusting), "it is just being replaced"
    shutil.copy(second.authority, file)
    assert await greets(second, trusting) and await greets(first, trusting), "brokers are replaced one by one"


def test_a_file_that_is_not_there_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        kafka_access("SSL", ca_file=tmp_path / "none.crt", user="", password="")
