"""Rosters written cell by cell for the tests."""

import io
from collections.abc import Sequence
from datetime import date

from common.sheets import SheetWriter
from enrollment.rosters import AgeBounds, RosterColumn, RosterRow, RosterRules

TODAY = date(2026, 11, 23)
HEADINGS = ["序号", "姓名", "居民身份证号(证件号码)", "社保卡银行卡号", "开户行", "手机号", "备注"]
PERSON = {
    "name": "孙丽",
    "id_number": "110105197603203021",
    "social_card": "6228045500646615",
    "bank_name": "无锡农村商业银行",
    "mobile": "17747454742",
}
CELLS = ["1", *PERSON.values(), ""]
EXAMPLE = {"name": "张三", "id_number": "3202***********************************"}
RULES = RosterRules(
    title="无锡市职工互助互济会“三合一”项目参保花名册",
    columns=(
        RosterColumn("name", "姓名", hint="必填,姓名中不要出现空格"),
        RosterColumn("id_number", "居民身份证号(证件号码)", hint="必填,X要大写"),
        RosterColumn("social_card", "社保卡银行卡号", hint="必填,填社保卡上银行卡号"),
        RosterColumn("bank_name", "开户行", hint="必填,例如无锡市农村商业银行"),
        RosterColumn("mobile", "手机号", hint="必填"),
        RosterColumn("note", "备注", required=False),
    ),
    counted_on=TODAY,
    examples=(EXAMPLE,),
)
AGES = {"female": AgeBounds(above=16, below=55), "male": AgeBounds(above=16, below=60)}


def row(number: int = 4, digits_lost: Sequence[str] = (), **changes: str) -> RosterRow:
    """A row that is right, but for the changes."""
    return RosterRow(number, PERSON | changes, frozenset(digits_lost))


def sheet(*rows: Sequence[str]) -> bytes:
    """A workbook with these rows from the first one on."""
    target = io.BytesIO()
    with SheetWriter(target) as writer:
        for cells in rows:
            writer.row(cells)
    return target.getvalue()
