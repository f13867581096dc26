"""A document of an application as the rules see it: what it is, and what was read on it. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

BY_INPUT = {
    "total_cost": "金额合计小写",
    "pooled_paid": "医保统筹基金支付",
    "other_paid": "其他支付",
    "account_paid": "个人账户支付",
    "cash_paid": "个人现金支付",
    "self_paid": "个人自付",
    "own_expense": "个人自费",
    "admission_date": "入院日期",
    "discharge_date": "出院日期",
    "hospital": "医疗机构",
}
"""Names on papers of the inputs of a benefit (names of receipts: fiscal e-receipt, 财综〔2019〕29号)."""
BY_CODE = {
    "receipt_number": "票据号码",
    "receipt_code": "票据代码",
    "receipt_date": "开票日期",
    "inpatient_number": "住院号",
    "diagnosis": "诊断",
    "invoice_number": "发票号码",
}
"""Names on papers of fields that no benefit reads, by the code of the field."""
DAY = re.compile(r"\s*(\d{4})(?:\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})|(\d\d)(\d\d))(?!\d)")
RECEIPTS = frozenset({"e_receipt", "outpatient_receipt", "printed_receipt", "vat_invoice"})
NAMED = RECEIPTS | {"settlement", "discharge_record", "diagnosis", "pathology"}
"""Types of papers that say whose they are, or should."""
PAYER = "交款人"
HOLDERS = ("姓名", PAYER)
"""What the person of a card or of another paper is called on it."""
ID_NUMBERS = ("公民身份号码", "社会保障号码")
CARDS = frozenset({"id_card", "social_security_card"})
"""Papers that say who somebody is, and the number of their ID on them (GB 11643)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value read on a document."""

    value: str
    confidence: float
    verified: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A document of an application as the rules see it.

    `state`: pending while it is being read, then recognized or unreadable. `failed_checks` are codes of the
    cross-checks that did not pass. `patient`: it has been pending for so long that a person should read it.
    """

    document_id: str
    rule: str
    stay: int
    sha256: str
    state: str
    type: str | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)
    failed_checks: tuple[str, ...] = ()
    overdue: bool = False
    new: bool = False
    """Handed in since the claim was last returned."""
    foreign_number: bool = False
    """An ID number was read on it that is not the insured person's."""

    @property
    def holder(self) -> Reading | None:
        """The name of the person whose paper it is, None where none was read."""
        return next((self.readings[name] for name in HOLDERS if name in self.readings), None)

    @property
    def receipt_number(self) -> str | None:
        """The number that makes a receipt one of a kind, None where there is none."""
        for name in ("票据号码", "发票号码"):
            reading = self.readings.get(name)
            if reading and reading.value.strip():
                return normal_number(reading.value)
        return None


def normal_number(text: str) -> str:
    """Return a receipt number as it is compared: letters in capitals, nothing but letters and digits."""
    return "".join(character for character in text.upper() if character.isalnum())


def day_on_paper(text: str) -> date | None:
    """Return the day that a paper names, however it writes it (2026-01-31, 2026年1月31日 09:30); None if it is none."""
    found = DAY.match(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups() if part))
    except ValueError:
        return None


def read_document(recognition: Mapping[str, Any]) -> tuple[dict[str, Reading], tuple[str, ...]]:
    """Return the readings and the failed checks of an opened recognition."""
    readings = {
        name: Reading(
            str(item.get("value", "")), float(item.get("confidence") or 0), bool(item.get("verified"))
        )
        for name, item in (recognition.get("fields") or {}).items()
        if item and item.get("value") not in (None, "")
    }
    checks = recognition.get("checks") or []
    return readings, tuple(str(check.get("code")) for check in checks if not check.get("passed"))
