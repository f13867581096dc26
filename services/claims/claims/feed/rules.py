"""The lines of a settlement file: what each must hold, in the documented format. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import orjson

from common.contracts.pack import TenantPack
from common.identifiers import id_number_faults, plain_number
from common.text import Text

from ..intake.rules.agreement import PARTS
from ..intake.rules.checks import TOLERANCE
from ..intake.rules.documents import normal_number
from ..intake.rules.form import day_of, money_of
from .settlement_list import from_settlement_list

LIST_HEADINGS: Mapping[str, str] = {
    "业务流水号": "line_id", "定点医疗机构名称": "hospital", "患者证件号码": "id_number", "入院时间": "admission_date",
    "出院时间": "discharge_date", "主要诊断代码": "icd10", "医疗收费总金额": "total_cost",
    "医保统筹基金支付金额": "pooled_paid", "其他基金支付": "other_paid", "个人账户支付金额": "account_paid",
    "个人现金支付金额": "cash_paid",
}  # fmt: skip
"""Headings of a settlement list (医疗保障基金结算清单) kept as a table."""
AMOUNTS = (
    "total_cost", "pooled_paid", "other_paid", "account_paid", "cash_paid", "self_paid", "own_expense",
)  # fmt: skip
DATES = ("admission_date", "discharge_date", "event_date")
HEADINGS: Mapping[str, str] = {
    "结算流水号": "line_id", "事件": "event", "身份证号": "id_number", "姓名": "name", "医疗机构": "hospital",
    "票据号码": "receipt_number", "入院日期": "admission_date", "出院日期": "discharge_date", "确诊日期": "event_date",
    "诊断编码": "icd10", "金额合计": "total_cost", "医保统筹基金支付": "pooled_paid", "其他支付": "other_paid",
    "个人账户支付": "account_paid", "个人现金支付": "cash_paid", "个人自付": "self_paid", "个人自费": "own_expense",
    "单位名称": "unit_name", "工作单位": "unit_name",
}  # fmt: skip
"""Chinese headings of the CSV form; the names of the JSON form work too."""
REQUIRED = ("line_id", "id_number", "name")
EVENTS: Mapping[str, str] = {
    "hospital": "hospital", "住院": "hospital",
    "critical_illness": "critical_illness", "重大疾病": "critical_illness", "大病": "critical_illness",
}  # fmt: skip
"""Words of the column 事件, with the event that each means."""


@dataclass(frozen=True, slots=True)
class LineReason:
    """Why a line is not simply paid."""

    code: str
    text: Text
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain JSON in both languages."""
        return {"code": self.code, "field": self.field, "zh": self.text.zh, "en": self.text.en}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line: its own id, its values in stored form, and what is wrong with it."""

    source_id: str
    values: dict[str, str]
    faults: tuple[LineReason, ...]

    @property
    def digest(self) -> str:
        """A fingerprint that tells a repeated line from a changed one; without name, ID number and unit."""
        told = {
            name: text for name, text in self.values.items() if name not in {"id_number", "name", "unit_name"}
        }
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def missing_headings(headings: Iterable[str]) -> list[str]:
    """Return the required columns that a CSV file lacks."""
    known = {name_of(heading) for heading in headings}
    return [name for name in REQUIRED if name not in known]


def heading_of(name: str) -> Text:
    """Return the heading of a field as people read it: the Chinese one, in English the field's name."""
    return Text(next(title for title, field in HEADINGS.items() if field == name), name)


def lacks(names: Iterable[str]) -> Text:
    """Say which columns a file does not have."""
    titles = [heading_of(name) for name in names]
    return Text(
        f"缺少列“{'”、“'.join(title.zh for title in titles)}”",
        f"it lacks the columns {', '.join(title.en for title in titles)}",
    )


def name_of(heading: str) -> str:
    """Return the field's name of a heading, in Chinese or by name."""
    plain = heading.strip().lstrip("\ufeff")
    return HEADINGS.get(plain) or LIST_HEADINGS.get(plain, plain)


def parse_line(raw: Mapping[str, object], *, today: date) -> Parsed:
    """Check one line; every fault is named. A settlement list (医保结算清单) is read as one, too."""
    if isinstance(raw.get("setlinfo"), Mapping):
        raw = from_settlement_list(raw)
    text = {name_of(str(name)): str(value).strip() for name, value in raw.items() if value not in (None, "")}
    event = text.get("event") or "hospital"
    values = {"event": EVENTS.get(event, event)}
    source_id = text.get("line_id", "")[:100]
    faults = list(_identity(text, source_id))
    if event not in EVENTS:
        faults.append(_wrong("feed.event", "event", Text("应为“住院”或“重大疾病”", "unknown event")))
    values["id_number"], values["name"] = (
        plain_number(text.get("id_number", "")).upper(),
        text.get("name", ""),
    )
    for name in ("hospital", "icd10", "unit_name"):
        if text.get(name):
            values[name] = text[name][:200]
    if text.get("receipt_number"):
        values["receipt_number"] = normal_number(text["receipt_number"])[:40]
    faults += _dates(text, values, today)
    faults += _amounts(text, values)
    return Parsed(source_id, values, tuple(faults))


def _identity(text: Mapping[str, str], source_id: str) -> Iterable[LineReason]:
    if not source_id:
        yield LineReason("feed.line_id", Text("缺少结算流水号", "the line has no id"), "line_id")
    if not text.get("name"):
        yield LineReason("name.missing", Text("缺少姓名", "the name is missing"), "name")
    for fault in id_number_faults(plain_number(text.get("id_number", "")).upper()):
        yield LineReason(fault.code, fault.message, "id_number")


def _wrong(code: str, name: str, words: Text) -> LineReason:
    """Return what is wrong with one column, named by its heading."""
    title = heading_of(name)
    return LineReason(code, Text(f"“{title.zh}”{words.zh}", f"{title.en}: {words.en}"), name)


def _dates(text: Mapping[str, str], values: dict[str, str], today: date) -> Iterable[LineReason]:
    faults = []
    for name in DATES:
        if name in text:
            day = day_of(text[name])
            if day is None or day > today:
                words = Text("日期不正确或晚于今天", "no date, or in the future")
                faults.append(_wrong("feed.date", name, words))
            else:
                values[name] = day.isoformat()
    needed = ("admission_date", "discharge_date") if values["event"] == "hospital" else ("event_date",)
    for name in needed:
        if name not in text:
            faults.append(_wrong("feed.date_missing", name, Text("没有填写日期", "the date is missing")))
    if values.get("admission_date", "") > values.get("discharge_date", "9999"):
        faults.append(
            LineReason(
                "feed.date_order", Text("出院早于入院", "discharge before admission"), "discharge_date"
            )
        )
    return faults


def _amounts(text: Mapping[str, str], values: dict[str, str]) -> Iterable[LineReason]:
    faults = []
    found: dict[str, Decimal] = {}
    for name in AMOUNTS:
        if name not in text:
            continue
        amount = money_of(text[name])
        if amount is None:
            faults.append(_wrong("feed.amount", name, Text("金额不正确", "no amount in yuan")))
        else:
            found[name], values[name] = amount, str(amount)
    if values["event"] == "hospital" and "total_cost" not in text:
        faults.append(
            LineReason("feed.amount_missing", Text("缺少金额合计", "the total is missing"), "total_cost")
        )
    parts = sum((found.get(name, Decimal(0)) for name in PARTS), Decimal(0))
    if "total_cost" in found and parts > found["total_cost"] + TOLERANCE:
        faults.append(
            LineReason(
                "feed.amount_sum", Text("各项支付之和大于合计", "the payments exceed the total"), "total_cost"
            )
        )
    return faults


def illness_of(pack: TenantPack, icd10: str) -> str | None:
    """Return the illness of the pack's list that an ICD-10 code belongs to: the longest prefix decides."""
    code = icd10.strip().upper()
    fitting = [
        (len(prefix), illness.code)
        for illness in pack.illnesses
        for prefix in illness.icd10
        if code.startswith(prefix)
    ]
    return max(fitting)[1] if fitting else None


def event_day(values: Mapping[str, str]) -> date | None:
    """Return the day on which cover must hold: admission, or the day of the diagnosis."""
    return day_of(values.get("admission_date" if values["event"] == "hospital" else "event_date", ""))
