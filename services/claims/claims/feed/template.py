"""The workbook that a clerk fills with settlements: headings in Chinese below what each must hold (P.08)."""

import io

from common.sheets import SheetWriter

from .rules import HEADINGS

TITLE = "医保结算数据"
REMARKS = (
    "每行一笔结算，从表头的下一行开始填写；列的顺序不限，用不到的列可以删除。",
    "必填：结算流水号、身份证号、姓名。住院另填入院日期、出院日期、金额合计；重大疾病另填确诊日期，“事件”填“重大疾病”（不填即住院）。",
    "日期写作 2026-01-31；金额单位为元，最多两位小数。",
    "结算流水号是医保系统的编号：同一编号只办理一次，重复上传不会重复付款。",
)
LATER_NAMES = {"工作单位"}
"""Other names of a column that stands there already."""


def write_template() -> bytes:
    """Return the workbook without any line; the feed reads it as it is filled in."""
    columns = [title for title in HEADINGS if title not in LATER_NAMES]
    target = io.BytesIO()
    with SheetWriter(target, sheet=TITLE, widths=[18.0] * len(columns)) as sheet:
        sheet.title(TITLE, len(columns))
        for remark in REMARKS:
            sheet.row([remark])
        sheet.heading(columns)
        sheet.freeze()
    return target.getvalue()
