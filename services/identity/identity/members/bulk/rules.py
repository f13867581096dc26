"""The sheet of a bulk admission: its columns, and all that is wrong with one row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from common.contracts.pack import TenantPack
from common.contracts.pack.base import LocalText
from common.contracts.pack.eligibility import Eligibility
from common.contracts.pack.rosters import Roster, RosterColumn
from common.identifiers import Fault
from common.identifiers.id_number import DIGITS_LOST
from common.text import Text

from ..admission.rules import RESIDENT_ID, Applicant, applicant_faults, eligibility_faults

_MASKS = frozenset("*＊×")
SHEET = Roster(
    title=LocalText(zh="批量入会模板", en="Admission in bulk"),
    header_row=3,
    columns=(
        RosterColumn(field="name", title=LocalText(zh="姓名", en="Name"), hint="必填，姓名中间不得有空格"),
        RosterColumn(
            field="id_number", title=LocalText(zh="身份证号", en="ID number"), aliases=("证件号码",),
            hint="必填，18位，末尾X必须为大写",
        ),
        RosterColumn(field="mobile", title=LocalText(zh="手机号", en="Mobile"), required=False),
        RosterColumn(field="note", title=LocalText(zh="备注", en="Note"), required=False),
    ),
    examples=({"name": "张三", "id_number": "110101190001010000"},),
)  # fmt: skip
"""The template where a pack has none of its own (manual 003: ID number and name are pasted into it)."""
EXAMPLE = Fault(
    "row.example",
    Text("这是模板的示例行，不是要入会的人员。", "This is the template's example row, not a person."),
    Text("请删除该行，或改为真实人员。", "Delete the row, or put a real person there."),
)


class Reason(NamedTuple):
    """Why a row is not admitted: stable code, field, both languages."""

    code: str
    field: str
    zh: str
    en: str

    @classmethod
    def of(cls, fault: Fault, field: str) -> "Reason":
        """Return a value's fault as its row's reason."""
        return cls(fault.code, field, fault.sentence.zh, fault.sentence.en)

    def as_json(self) -> dict[str, str]:
        """Return it as it is stored."""
        return self._asdict()


@dataclass(frozen=True)
class SheetPerson:
    """One person of a sheet: its row number, the fields as they were meant, those whose digits Excel has lost."""

    number: int
    values: Mapping[str, str]
    digits_lost: frozenset[str] = frozenset()

    def __getitem__(self, field: str) -> str:
        """Return the text of a field, empty where there is none."""
        return self.values.get(field, "")


def sheet_of(pack: TenantPack) -> Roster:
    """Return the columns of a union's admission sheet."""
    admission = pack.registration.admission
    return (admission.sheet if admission else None) or SHEET


def row_reasons(
    person: SheetPerson, sheet: Roster, eligibility: Eligibility | None, *, today: date, earlier: int | None
) -> list[Reason]:
    """Return everything that is wrong with a row by itself; `earlier`: the row that has the same number already."""
    if is_example(person, sheet):
        return [Reason.of(EXAMPLE, "row")]
    applicant = Applicant(RESIDENT_ID, person["id_number"], person["name"], person["mobile"])
    faults = applicant_faults(applicant, today=today)
    if "id_number" in person.digits_lost:
        faults["document_number"] = [DIGITS_LOST]
    reasons = [
        Reason.of(fault, {"document_number": "id_number"}.get(field, field))
        for field, found in faults.items()
        for fault in found
    ]
    if not faults["document_number"]:
        speaks = eligibility_faults(eligibility, applicant, on=today, papers=())
        reasons += [Reason.of(fault, "id_number") for fault in speaks]
    if earlier is not None:
        reasons.append(Reason.of(duplicate(earlier), "id_number"))
    return reasons


def is_example(person: SheetPerson, sheet: Roster) -> bool:
    """Whether a row is the template's example as a whole; a real person may have its name."""
    for example in sheet.examples:
        if person["name"] != example.get("name", person["name"]):
            continue
        masked = not _MASKS.isdisjoint(person["id_number"])
        if masked or all(person[field] == value for field, value in example.items()):
            return True
    return False


def duplicate(first: int) -> Fault:
    """The same ID number stands in an earlier row."""
    return Fault(
        "row.duplicate",
        Text(f"与第 {first} 行的身份证号重复。", f"The ID number stands in row {first} already."),
        Text("同一人只能填写一行，请删除多余的行。", "One row per person: delete the other one."),
    )


def reason_texts(stored: list[dict[str, Any]]) -> str:
    """Return the reasons of a row as one cell of the result file."""
    return "\n".join(reason["zh"] for reason in stored)
