"""What tests of a member's file share: the unions, the requests, what is kept, and what ocr says of a document."""

from typing import Any
from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from common.consumer.runtime import Runtime
from common.contracts.ocr import DocumentRecognized
from common.events.outbox import wrap
from common.testing import Client
from identity.consumers import SUBSCRIPTIONS

from .members_of import union_of
from .people import registered
from .union import Union, bearer

B03, B04, E11 = (pytest.mark.feature(row) for row in ("B.03", "B.04", "E.11"))
OWN = "identity.member.own"
CARD, OTHER_CARD = "6222021234567890128", "6228480402564890018"
APPLICANT = {
    "relation": "parent", "name": "赵国强", "document_number": "320211195003071232", "mobile": "13900001111",
    "card_number": CARD, "bank_name": "江苏银行",
}  # fmt: skip
ADDRESS = {
    "recipient": "赵国强", "mobile": "13900001111", "region": "江苏省无锡市滨湖区", "detail": "太湖大道1号",
    "postcode": "214000",
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def zhejiang(identity: Client) -> Union:
    return await union_of(identity, "zhejiang")


@pytest_asyncio.fixture(loop_scope="session")
async def beijing(identity: Client) -> Union:
    return await union_of(identity, "beijing")


@pytest_asyncio.fixture(loop_scope="session")
async def someone(zhejiang: Union) -> dict[str, Any]:
    return await registered(zhejiang)


async def call(
    union: Union, who: dict[str, Any], method: str, path: str, body: Any = None, version: int | None = None
) -> Any:
    headers = bearer(who["tokens"]) | ({"If-Match": f'"{version}"'} if version is not None else {})
    return await union.client.send(method, f"/members/me/{path}", headers=headers, json=body)


def receipt_of(union: Union, who: dict[str, Any], **options: Any) -> tuple[str, str]:
    """Return the receipt that ocr signs for an upload, and the document's id."""
    receipt = union.receipt(who["account_id"], **options)
    import base64

    body = receipt.split(".")[1]
    claims = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return receipt, claims["document_id"]


async def recognised(
    union: Union,
    who: dict[str, Any],
    document_id: str,
    *,
    kind: str = "id_card",
    outcome: str = "recognized",
    times: int = 1,
    **fields: str,
) -> None:
    """Deliver what ocr says of a document."""
    keys = await union.keys()
    read = {
        name: {"value": v, "confidence": 0.97, "source": "ocr", "verified": True}
        for name, v in fields.items()
    }
    event = DocumentRecognized(
        document_id=UUID(document_id),
        owner_id=UUID(who["account_id"]),
        person_id=UUID(who["person_id"]),
        outcome=outcome,
        document_type=kind,
        sha256="ab" * 32,
        recognition=keys.sealed(
            orjson.dumps({"fields": read, "checks": []}).decode(), context="ocr.recognition"
        ),
    )
    runtime = Runtime(union.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    for _ in range(times):
        await runtime._until_done(union.id, [wrap(event, union.id)])
