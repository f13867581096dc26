"""The envelope of an event: CloudEvents attributes, tenant, order key and where it belongs on the bus."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict

SLOTS = 4096


def slot_of(tenant_id: UUID, key: str) -> int:
    """Return the stable slot (0–4095) of a tenant and key; the same on every transport and for ever."""
    digest = hashlib.blake2b(tenant_id.bytes + key.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % SLOTS


def partition_of(slot: int, partitions: int) -> int:
    """Return the partition of a slot when a topic has `partitions` of them."""
    return slot * partitions // SLOTS


class Envelope(BaseModel):
    """One event on its way (CloudEvents 1.0 names; extension attributes in lower case)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    tenantid: UUID
    schemaversion: int
    slot: int
    partitions: int
    traceparent: str | None = None
    replay: bool = False
    """True when sent again to rebuild copies: handlers that act (send, pay) skip it."""
    data: dict[str, Any]

    @property
    def partition(self) -> int:
        """The partition this event belongs to."""
        return partition_of(self.slot, self.partitions)

    def encode(self) -> bytes:
        """Serialise for the bus."""
        return orjson.dumps(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def decode(cls, raw: bytes) -> "Envelope":
        """Parse from the bus; ValueError if it is not an envelope."""
        return cls.model_validate(orjson.loads(raw))
