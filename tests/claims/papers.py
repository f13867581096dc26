"""Documents as ocr would tell them: what stands on a receipt, stored and recognised."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from common.auth import Actor
from common.contracts.ocr import DocumentRecognized, DocumentStored
from common.crypto import parse_link_key, sign
from common.ids import new_id

from .ground import Ground


def money(amount: Decimal | str) -> str:
    return f"{Decimal(amount):.2f}"


def receipt(
    name: str, number: str, *, admitted: date, days: int = 10, cash: str = "3000.00"
) -> dict[str, str]:
    """What stands on a hospital receipt whose figures agree."""
    total = Decimal(cash) + Decimal("2000.00")
    return {
        "交款人": name, "票据号码": number, "票据代码": "32060125", "医疗机构": "无锡市人民医院",
        "入院日期": admitted.isoformat(), "出院日期": (admitted + timedelta(days=days)).isoformat(),
        "金额合计小写": money(total), "医保统筹基金支付": "2000.00", "其他支付": "0.00", "个人账户支付": "0.00",
        "个人现金支付": money(cash),
    }  # fmt: skip


class Papers(Ground):
    """Papers that people hand in."""

    async def paper(self, owner: Actor, name: str = "许晓霞", kind: str = "other", **fields: str) -> str:
        """A scanned paper that is no receipt."""
        return await self.upload(owner, {"交款人": name, **fields} if kind != "other" else {}, kind=kind)

    def receipt_token(self, owner: Actor, document_id: UUID, sha256: str) -> str:
        key = parse_link_key(self.client.context.settings.link_key.get_secret_value())
        claims = {
            "document_id": str(document_id), "tenant_id": str(self.tenant.id), "owner_id": str(owner.id),
            "person_id": str(owner.person_id) if owner.person_id else None, "sha256": sha256,
        }  # fmt: skip
        return sign("document-receipt", claims, key, timedelta(hours=1))

    def recognized(
        self, owner: Actor, fields: dict[str, str], *, document_id: UUID, sha256: str, kind: str = "e_receipt",
        verified: bool = True, confidence: float = 0.99, failed: Sequence[str] = (), phash: str | None = None,
    ) -> DocumentRecognized:  # fmt: skip
        read = {
            name: {"value": value, "confidence": confidence, "source": "print", "verified": verified}
            for name, value in fields.items()
        }
        checks = [{"code": code, "passed": False} for code in failed]
        checks = checks or [{"code": "amount.words_match", "passed": True}]
        text = orjson.dumps({"fields": read, "checks": checks}).decode()
        return DocumentRecognized(
            document_id=document_id, owner_id=owner.id, person_id=owner.person_id, outcome="recognized",
            document_type=kind, sha256=sha256, phash=phash,
            recognition=self.tenant.keys.sealed(text, context="ocr.recognition"),
        )  # fmt: skip

    async def upload(self, owner: Actor, fields: dict[str, str], **options: Any) -> str:
        """Store and recognise a document; return its signed receipt."""
        document_id = new_id()
        sha256 = options.pop("sha256", None) or hashlib.sha256(document_id.bytes).hexdigest()
        stored = DocumentStored(
            document_id=document_id, owner_id=owner.id, person_id=owner.person_id, media_type="image/jpeg",
            size=1, sha256=sha256,
        )  # fmt: skip
        await self.tell(
            stored, self.recognized(owner, fields, document_id=document_id, sha256=sha256, **options)
        )
        return self.receipt_token(owner, document_id, sha256)
