"""Finds QR codes and reads what receipts and invoices put into them.

A fiscal e-receipt says `scheme and province, version, 票据代码, 票据号码, 校验码, date, amount`; a VAT invoice says
`01, kind, 发票代码, 发票号码, amount, date, 校验码, …`. The text is unsigned: it proves nothing about the paper.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from ocr.recognition.pictures import Pixels
from ocr.recognition.values import find_date

_TRIES = ((1.0, False), (1.0, True), (2.0, True), (2.0, False), (0.5, False))
"""Scale, and whether sharpened: a blurred code is read after that."""
_LARGEST = 4400


@dataclass(frozen=True, slots=True)
class QrFacts:
    """What a code says: `scheme` is receipt or invoice, `fields` under their canonical names."""

    scheme: str
    fields: dict[str, str]


def parse_qr(text: str) -> QrFacts | None:
    """The facts of a receipt's or invoice's code, None for any other code (a link, a member card)."""
    parts = [part.strip() for part in text.strip().strip("\ufeff").split(",")]
    if len(parts) >= 7 and re.fullmatch(r"[A-Z]{2,}-EI-\d{2,}", parts[0]):
        return _receipt(parts)
    if len(parts) >= 6 and parts[0] == "01" and re.fullmatch(r"\d{1,2}", parts[1]):
        return _invoice(parts)
    return None


def _receipt(parts: list[str]) -> QrFacts | None:
    code, number, check, day, amount = parts[2:7]
    if not (re.fullmatch(r"\d{8,12}", code) and re.fullmatch(r"[0-9A-Za-z]{8,20}", number)):
        return None
    fields = {"票据代码": code, "票据号码": number}
    if re.fullmatch(r"[0-9A-Za-z]{4,20}", check):
        fields["校验码"] = check
    return _dated(QrFacts("receipt", fields), "开票日期", day, "金额合计小写", amount)


def _invoice(parts: list[str]) -> QrFacts | None:
    code, number, amount, day = parts[2:6]
    if not re.fullmatch(r"\d{8}|\d{20}", number):
        return None
    fields = {"发票号码": number}
    if re.fullmatch(r"\d{10}|\d{12}", code):
        fields["发票代码"] = code
    if len(parts) > 6 and re.fullmatch(r"\d{20}", parts[6]):
        fields["校验码"] = parts[6]
    # The fully digital invoice (20 digits) gives the total, the older ones the amount without tax.
    return _dated(
        QrFacts("invoice", fields), "开票日期", day, "价税合计小写" if len(number) == 20 else "金额", amount
    )


def _dated(facts: QrFacts, day_name: str, day: str, amount_name: str, amount: str) -> QrFacts:
    found = find_date(day)
    if found and found[1] == len(day):
        facts.fields[day_name] = found[0]
    try:
        if re.fullmatch(r"\d{1,9}(?:\.\d{1,4})?", amount):
            facts.fields[amount_name] = f"{Decimal(amount):.2f}"
    except InvalidOperation:
        pass
    return facts


def read_qr(pixels: Pixels, *, thorough: bool = True) -> QrFacts | None:
    """The first receipt or invoice code of a page, as it is and, if `thorough`, sharpened, at 2x and half size."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    for scale, sharpened in _TRIES if thorough else _TRIES[:1]:
        if scale > 1 and max(grey.shape) * scale > _LARGEST:
            continue
        smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        scaled = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=smooth) if scale != 1 else grey
        if sharpened:
            scaled = cv2.addWeighted(scaled, 2.0, cv2.GaussianBlur(scaled, (0, 0), 2.0 * scale), -1.0, 0)
        facts = next(
            (f for code in _codes(np.asarray(scaled, dtype=np.uint8)) if (f := parse_qr(code))), None
        )
        if facts is not None:
            return facts
    return None


def _codes(grey: npt.NDArray[np.uint8]) -> list[str]:
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(grey, formats=formats)]
