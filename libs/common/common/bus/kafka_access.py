"""How a client gets at a Kafka that asks who it is: TLS, and SCRAM-SHA-512 with a user of its own."""

import ssl
from pathlib import Path
from typing import Any


def kafka_access(security: str, *, ca_file: Path | None, user: str, password: str) -> dict[str, Any]:
    """Return what aiokafka's clients need; ValueError where SASL is wanted without user or password."""
    if security == "PLAINTEXT":
        return {}
    access: dict[str, Any] = {
        "security_protocol": security,
        "ssl_context": ssl.create_default_context(cafile=str(ca_file) if ca_file else None),
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
