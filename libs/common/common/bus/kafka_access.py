"""How a client gets at a Kafka that asks who it is: TLS, and SCRAM-SHA-512 with a user of its own."""

import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any


class RenewedAuthority(ssl.SSLContext):
    """Trusts the authorities in a file as they are when a connection is made: they are renewed while a process runs."""

    _file: Path
    _read: bytes

    @classmethod
    def of(cls, file: Path) -> "RenewedAuthority":
        """Read the file; OSError where it is not there, ssl.SSLError where it holds no certificate."""
        made = cls(ssl.PROTOCOL_TLS_CLIENT)
        made._file, made._read = file, b""
        made._trust()
        return made

    def wrap_bio(self, *words: Any, **more: Any) -> ssl.SSLObject:
        """Look at the file before each connection; what was trusted before stays so."""
        with suppress(OSError, ssl.SSLError):  # it is just being replaced
            self._trust()
        return super().wrap_bio(*words, **more)

    def _trust(self) -> None:
        if (text := self._file.read_bytes()) != self._read:
            self.load_verify_locations(cadata=text.decode())
            self._read = text


def kafka_access(security: str, *, ca_file: Path | None, user: str, password: str) -> dict[str, Any]:
    """Return what aiokafka's clients need; ValueError where SASL is wanted without user or password."""
    if security == "PLAINTEXT":
        return {}
    access: dict[str, Any] = {
        "security_protocol": security,
        "ssl_context": RenewedAuthority.of(ca_file) if ca_file else ssl.create_default_context(),
    }
    if security == "SASL_SSL":
        if not user or not password:
            raise ValueError("HUZHU_KAFKA_SECURITY=SASL_SSL needs <SERVICE>_KAFKA_USER and _KAFKA_PASSWORD")
        access |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": user,
            "sasl_plain_password": password,
        }
    return access
