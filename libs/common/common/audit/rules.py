"""What an entry may hold and how entries are chained. Pure."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from ..telemetry.personal import is_personal, is_personal_name

GENESIS = bytes(32)


class AuditRefused(ValueError):
    """The entry holds a value that does not belong into a log that is kept for ever."""


def chained_hash(
    previous: bytes,
    *,
    tenant_id: UUID,
    seq: int,
    at: datetime,
    actor_id: str,
    action: str,
    subject: str,
    detail: dict[str, Any],
) -> bytes:
    """Return SHA-256 over the previous hash (32 bytes) and the entry as JSON with sorted keys."""
    content = {
        "tenant_id": str(tenant_id),
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": actor_id,
        "action": action,
        "subject": subject,
        "detail": detail,
    }
    return hashlib.sha256(previous + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def checked(value: Any, *, where: str = "detail") -> Any:
    """Return a value as JSON gives it back; AuditRefused for personal values and floats.

    Ids become strings. A float is refused because JSON does not promise to give it back the same; money is a
    Decimal. The message names the place, never the value.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        raise AuditRefused(f"{where}: write an amount as a Decimal, not as a float")
    if isinstance(value, dict):
        return {_name(key, where): checked(item, where=f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [checked(item, where=f"{where}[]") for item in value]
    text = str(value)
    if is_personal(text) or "\0" in text:
        raise AuditRefused(f"{where}: looks like personal data; write the id of the person instead")
    return value if isinstance(value, int) else text


def _name(key: Any, where: str) -> str:
    name = str(key)
    if is_personal_name(name) or is_personal(name):
        raise AuditRefused(f"{where}: a field of personal data does not belong into the audit log")
    return name
