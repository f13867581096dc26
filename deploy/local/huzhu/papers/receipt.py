"""A medical inpatient e-receipt (医疗住院收费票据, 电子) with its QR code."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import zxingcpp
from PIL import Image

from ocr.recognition import capitals

from .sheet import RED, Sheet


@dataclass(frozen=True)
class ReceiptValues:
    """What stands on a receipt; amounts in yuan, pooled + other + account + cash = total."""

    payer: str
    number: str
    region: str
    check_code: str
    issued_on: date
    admitted_on: date
    discharged_on: date
    hospital: str
    stay_number: str
    pooled: Decimal
    other: Decimal
    account: Decimal
    cash: Decimal
    own_share: Decimal
    """个人自付: what the person pays of the insured costs; the rest of account and cash is 个人自费."""

    @property
    def total(self) -> Decimal:
        """金额合计."""
        return self.pooled + self.other + self.account + self.cash

    @property
    def code(self) -> str:
        """票据代码: province, kind and year, 8 digits."""
        return f"{self.region}0601{self.issued_on:%y}"

    @property
    def qr(self) -> str:
        """Text of the QR code: scheme and province, version, code, number, check code, date, total."""
        head = f"CZ-EI-{self.region},1.0.0,{self.code},{self.number},{self.check_code}"
        return f"{head},{self.issued_on:%Y%m%d},{self.total}"


def qr_picture(text: str, size: int) -> Image.Image:
    """Return a QR code as a picture of `size` pixels."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    grid = np.array(zxingcpp.write_barcode_to_image(barcode, scale=6))
    return Image.fromarray(grid).convert("RGB").resize((size, size), Image.Resampling.NEAREST)


def draw_receipt(values: ReceiptValues) -> Image.Image:
    """Draw the receipt as it is printed: head, table of costs, totals, payments."""
    sheet = Sheet(1600, 1120)
    sheet.text(800, 50, "医疗住院收费票据（电子）", size=46, colour=RED, anchor="ma")
    sheet.paste(qr_picture(values.qr, 190), 70, 50)
    _head(sheet, values)
    _items(sheet, values)
    _payments(sheet, values)
    sheet.seal(1330, 900, 105, "收费专用章")
    sheet.text(90, 1050, f"收款单位（章）：{values.hospital}", size=24)
    sheet.text(900, 1050, "复核人：周洁", size=24)
    sheet.text(1200, 1050, "收款人：吴敏", size=24)
    return sheet.image


def _head(sheet: Sheet, values: ReceiptValues) -> None:
    sheet.text(300, 150, f"票据代码：{values.code}", size=26)
    sheet.text(300, 195, "交款人统一社会信用代码：", size=26)
    sheet.text(300, 240, f"交款人：{values.payer}", size=28)
    sheet.text(1000, 150, f"票据号码：{values.number}", size=26)
    sheet.text(1000, 195, f"校验码：{values.check_code}", size=26)
    sheet.text(1000, 240, f"开票日期：{values.issued_on:%Y-%m-%d}", size=26)


def _items(sheet: Sheet, values: ReceiptValues) -> None:
    sheet.box(70, 300, 1530, 700)
    for x, title in ((90, "项目名称"), (420, "金额（元）"), (810, "项目名称"), (1140, "金额（元）")):
        sheet.text(x, 312, title, size=24)
    sheet.line(70, 350, 1530, 350)
    rest = values.total
    names = ("床位费", "诊察费", "检查费", "化验费", "治疗费", "手术费", "护理费", "西药费")
    for place, name in enumerate(names):
        amount = (
            rest if place == len(names) - 1 else (values.total * Decimal("0.11")).quantize(Decimal("0.01"))
        )
        rest -= amount
        x, y = (90, 420) if place % 2 == 0 else (810, 1140)
        line = 365 + 52 * (place // 2)
        sheet.text(x, line, name, size=24)
        sheet.text(y, line, f"{amount}", size=24)
    sheet.line(70, 620, 1530, 620)
    sheet.text(90, 640, f"金额合计（大写）：{capitals.format_capitals(values.total)}", size=28)
    sheet.text(1000, 640, f"（小写）：{values.total}", size=28)


def _payments(sheet: Sheet, values: ReceiptValues) -> None:
    own_expense = values.account + values.cash - values.own_share
    rows = (
        (("业务流水号", values.stay_number), ("住院号", values.stay_number), ("医疗机构类型", "综合医院")),
        (
            ("住院科别", "内科"),
            ("入院日期", f"{values.admitted_on}"),
            ("出院日期", f"{values.discharged_on}"),
        ),
        (("医保统筹基金支付", values.pooled), ("其他支付", values.other), ("个人账户支付", values.account)),
        (("个人现金支付", values.cash), ("个人自付", values.own_share), ("个人自费", own_expense)),
    )
    for line, row in enumerate(rows):
        for column, (label, value) in enumerate(row):
            sheet.text(90 + 500 * column, 725 + 55 * line, f"{label}：{value}", size=25)
    sheet.text(90, 960, f"医疗机构：{values.hospital}", size=25)
