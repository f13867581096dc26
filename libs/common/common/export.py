"""A person's data on request (right of access): each service gathers its part, sealed for the one export alone.

identity asks by an event that carries a public key made for this export; services answer with their parts encrypted to
it (RFC 7516, ECDH-ES). With the private key, which identity destroys when the file is made or the time is over, what
stays of the parts on the bus can be read by nobody any more.
"""

import asyncio
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from joserfc import jwe
from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .audit import record
from .clock import now
from .consumer.subscription import ConsumerContext, Subscription, subscribe
from .contracts.export import EXPORT_PART, PersonExportAsked
from .crypto import SealedValues, TenantKeys
from .crypto.rotation import INDEX, TOKEN
from .db.repository import unscoped
from .erasure import of_person
from .events.emit import emit

ALGORITHMS = ["ECDH-ES", "A256GCM"]
HEADER = {"alg": "ECDH-ES", "enc": "A256GCM"}
PIECE = 47 * 1024
"""Bytes of one piece before encryption: what a JWE may hold, and far below the limit of an event."""
HIDDEN = frozenset(
    {
        "tenant_id", "digest", "token_digest", "password_hash", "epoch", "object_name", "object_key", "key", "key_id",
        "phash", "sha256", "document_lookups", "name_lookups", "receipt_mark", "seed", "face_token",
    }
)  # fmt: skip
"""Columns that say nothing about a person, or with which somebody could act as them."""


@dataclass(frozen=True)
class ExportedTable:
    """A table with rows about persons.

    `person` is the column with the person's id; with `via`, a class that has a person_id, it refers to a row of that
    class. `hidden` columns are not shown.
    """

    model: Any
    person: str = "person_id"
    via: Any = None
    hidden: Sequence[str] = ()

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the statement of a person's rows, in the order they were made."""
        mine = of_person(self.model, self.person, self.via, tenant_id=tenant_id, person_id=person_id)
        statement = select(*self.model.__table__.columns).where(mine)
        return unscoped(
            statement.order_by(self.model.id),
            why="scoped to the tenant of the keys; the model is the caller's",
        )


async def rows_of_person(
    session: AsyncSession,
    *,
    person_id: UUID,
    keys: TenantKeys,
    tables: Sequence[ExportedTable],
    values: SealedValues,
) -> dict[str, list[dict[str, Any]]]:
    """Return everything that tables hold of a person in clear, by table; tables without a row are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in tables:
        rows = [dict(r._mapping) for r in await session.execute(table.rows_of(keys.tenant_id, person_id))]
        if rows:
            name = table.model.__tablename__
            found[name] = await asyncio.to_thread(_shown, rows, keys, values, table.hidden)
    return found


def _shown(
    rows: Iterable[Mapping[str, Any]], keys: TenantKeys, values: SealedValues, hidden: Sequence[str]
) -> list[dict[str, Any]]:
    return [in_clear(row, keys, values, hidden=hidden) for row in rows]


def in_clear(
    row: Mapping[str, Any], keys: TenantKeys, values: SealedValues, *, hidden: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a row as its person reads it: sealed values opened, indexes and keys left out."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("_") or name in HIDDEN or name in hidden or name.endswith("_index"):
            continue
        shown[name.removesuffix("_sealed").removesuffix("_token")] = _clear(
            value, keys, values, row.get("id")
        )
    return shown


def _clear(value: Any, keys: TenantKeys, values: SealedValues, row_id: Any) -> Any:
    if isinstance(value, str):
        return _text(value, keys, values, row_id)
    if isinstance(value, list):
        return [_clear(item, keys, values, row_id) for item in value]
    if isinstance(value, dict):
        return {name: _clear(item, keys, values, row_id) for name, item in value.items()}
    return value.isoformat() if isinstance(value, datetime | date) else value


def _text(value: str, keys: TenantKeys, values: SealedValues, row_id: Any) -> Any:
    if INDEX.fullmatch(value):
        return None
    if not TOKEN.fullmatch(value):
        return value
    found = values.opened(value, keys, row_id=row_id)
    if found is None:
        return None
    try:
        text = found[1].decode()
    except UnicodeDecodeError:
        return None  # a key
    if text[:1] in ("{", "["):
        try:
            return _clear(orjson.loads(text), keys, values, row_id)
        except orjson.JSONDecodeError:
            return text
    return text


def new_export_key() -> tuple[dict[str, Any], str]:
    """Return a key pair for one export: the private JWK and the public one's text for the event."""
    key = OKPKey.generate_key("X25519")
    return key.as_dict(private=True), str(key.as_dict(private=False)["x"])


def seal_part(content: Mapping[str, Any], public: str) -> list[str]:
    """Encrypt a service's part in as many pieces as it takes."""
    packed = zlib.compress(orjson.dumps(content, default=str))
    key = OKPKey.import_key({"kty": "OKP", "crv": "X25519", "x": public})
    pieces = [packed[at : at + PIECE] for at in range(0, len(packed), PIECE)]
    # Each its own header: the library writes the piece's own key into it, and parts are sealed in several threads.
    return [jwe.encrypt_compact(dict(HEADER), piece, key, algorithms=ALGORITHMS) for piece in pieces]


def open_part(pieces: Sequence[str], private: Mapping[str, Any]) -> dict[str, Any]:
    """Decrypt the pieces of a part, in their order."""
    key = OKPKey.import_key(dict(private))
    opened = [jwe.decrypt_compact(piece, key, algorithms=ALGORITHMS).plaintext or b"" for piece in pieces]
    content: dict[str, Any] = orjson.loads(zlib.decompress(b"".join(opened)))
    return content


def export_subscription(
    service: str, tables: Sequence[ExportedTable], values: SealedValues
) -> Subscription[Any]:
    """Return the subscription by which a service gives its part of an export; late and replayed wishes are ignored."""

    async def on_person_export_asked(
        session: AsyncSession, event: PersonExportAsked, context: ConsumerContext
    ) -> None:
        if now() > event.until:
            return
        keys = await context.service.keyring.for_tenant(session)
        held = await rows_of_person(
            session, person_id=event.person_id, keys=keys, tables=tables, values=values
        )
        pieces = await asyncio.to_thread(seal_part, held, event.public_key)
        for number, piece in enumerate(pieces, 1):
            emit(
                session,
                EXPORT_PART[service](
                    request_id=event.request_id, person_id=event.person_id, number=number, of=len(pieces),
                    rows=sum(map(len, held.values())),
                    content=piece,
                ),
            )  # fmt: skip
        await record(
            session, actor_id=f"export:{event.request_id}", action="person.exported",
            subject=f"person:{event.person_id}", detail={"rows": sum(map(len, held.values()))},
        )  # fmt: skip

    return subscribe(PersonExportAsked, on_person_export_asked, acts=True)
