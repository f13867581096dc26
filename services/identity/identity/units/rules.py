"""Pure rules of registration and profile (manual 002, parts 1 and 2; rows C.01 and C.02)."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from common.contracts.pack.registration import ProfileDocument, Registration
from common.identifiers import Fault, credit_code_faults, id_number_faults, mobile_faults, name_faults
from common.text import Text

LONGEST_NAME = 100
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "ofd": "application/ofd",
}
StepState = Literal["waiting", "current", "done"]
CURRENT_STEP = {"registered": 0, "returned": 0, "under_review": 1, "approved": 3}
STEPS = (
    ("submit", Text("提交资料", "Submit")),
    ("review", Text("后台审核", "Under review")),
    ("done", Text("审核完成", "Done")),
)
UNIT_NAME_MISSING = Fault(
    "unit_name.missing",
    Text("没有填写单位全称。", "The unit's name is missing."),
    Text("请填写证书上的全称。", "Enter the full name of the certificate."),
)
UNIT_NAME_LONG = Fault(
    "unit_name.length",
    Text(f"单位全称最多{LONGEST_NAME}个字。", f"The name has at most {LONGEST_NAME} characters."),
    Text("请核对后修改。", "Correct it."),
)
UNIT_NAME_CHARACTERS = Fault(
    "unit_name.characters",
    Text("单位全称中有换行或控制字符。", "The name holds line breaks or control characters."),
    Text("请重新输入。", "Type it again."),
)
UNIT_NAME_NO_NAME = Fault(
    "unit_name.no_name",
    Text("这不是单位全称：应有汉字或字母，不能有尖括号。", "This is no name: it has letters, and no < or >."),
    Text("请按证书填写全称。", "Enter the full name of the certificate."),
)


class Step(NamedTuple):
    """One of the three visible steps."""

    code: str
    title: Text
    state: StepState


def steps(status: str) -> list[Step]:
    """Return the three visible steps of a unit's registration as its status has them."""
    current = CURRENT_STEP[status]
    return [
        Step(code, title, "done" if place < current else "current" if place == current else "waiting")
        for place, (code, title) in enumerate(STEPS)
    ]


def unit_name_faults(name: str) -> list[Fault]:
    """Return all that is wrong with a unit's full name."""
    if not name:
        return [UNIT_NAME_MISSING]
    faults = [UNIT_NAME_LONG] if len(name) > LONGEST_NAME else []
    if not name.isprintable():
        faults.append(UNIT_NAME_CHARACTERS)
    if any(sign in "<>" for sign in name) or not any(sign.isalpha() for sign in name):
        faults.append(UNIT_NAME_NO_NAME)
    return faults


def registration_faults(*, name: str, credit_code: str, mobile: str) -> dict[str, list[Fault]]:
    """Return all that is wrong with a registration, by field."""
    return {
        "name": unit_name_faults(name),
        "credit_code": credit_code_faults(credit_code),
        "mobile": mobile_faults(mobile),
    }


def medical_code_faults(code: str | None, lengths: Sequence[int]) -> list[Fault]:
    """Return all that is wrong with a medical-insurance code (医保代码); `lengths` of the pack, none: not asked."""
    if not lengths:
        return []
    wanted_zh = "或".join(str(length) for length in sorted(lengths))
    wanted_en = " or ".join(str(length) for length in sorted(lengths))
    advice = Text(f"请填写{wanted_zh}位数字的医保代码。", f"Enter the code of {wanted_en} digits.")
    if not code:
        missing = Text("没有填写医保代码。", "The medical-insurance code is missing.")
        return [Fault("medical_code.missing", missing, advice)]
    if not (code.isascii() and code.isdigit()):
        characters = Text("医保代码只能由数字组成。", "The medical-insurance code is made of digits only.")
        return [Fault("medical_code.characters", characters, advice)]
    if len(code) not in lengths:
        length = Text(
            f"医保代码应为{wanted_zh}位，现为{len(code)}位。",
            f"The medical-insurance code has {wanted_en} digits, this has {len(code)}.",
        )
        return [Fault("medical_code.length", length, advice)]
    return []


def profile_faults(
    *, medical_code: str | None, lengths: Sequence[int], handler_name: str, handler_id_number: str
) -> dict[str, list[Fault]]:
    """Return all that is wrong with a profile, by field."""
    return {
        "medical_code": medical_code_faults(medical_code, lengths),
        "handler_name": list(name_faults(handler_name)),
        "handler_id_number": id_number_faults(handler_id_number),
    }


def seconds_to_read(*, opened_at: datetime, at: datetime, read_seconds: int) -> int:
    """Return how many whole seconds the commitment letter must still be open; 0 when it may be accepted."""
    return max(0, math.ceil(read_seconds - (at - opened_at).total_seconds()))


def missing_documents(
    wanted: Sequence[ProfileDocument], given: Collection[str]
) -> list[Sequence[ProfileDocument]]:
    """Return the required papers that were not given; papers of one group stand together, one of them is enough."""
    groups: dict[str, list[ProfileDocument]] = {}
    for document in wanted:
        groups.setdefault(document.group or f"={document.code}", []).append(document)
    return [
        group
        for group in groups.values()
        if any(document.required for document in group) and not any(d.code in given for d in group)
    ]


def accepted_media_types(document: ProfileDocument) -> frozenset[str]:
    """Return the media types of the formats that a paper may have."""
    return frozenset(MEDIA_TYPES[name] for name in document.formats if name in MEDIA_TYPES)


def papers_named(registration: Registration) -> Mapping[str, ProfileDocument]:
    """Return the papers of a profile by code."""
    return {document.code: document for document in registration.profile_documents}
