"""QR codes of receipts and invoices, and those of anybody else."""

import numpy as np
import pytest
import zxingcpp

from ocr.recognition.qr import parse_qr, read_qr

RECEIPT = "CZ-EI-42,1.0.0,42060125,7141957131,kdf71f,20250717,1573.51"


def test_e_receipt() -> None:
    facts = parse_qr(RECEIPT)
    assert facts is not None and facts.scheme == "receipt"
    assert facts.fields == {
        "票据代码": "42060125",
        "票据号码": "7141957131",
        "校验码": "kdf71f",
        "开票日期": "2025-07-17",
        "金额合计小写": "1573.51",
    }


def test_vat_invoices() -> None:
    old = parse_qr("01,10,033001900104,12345678,88.50,20240105,12345678901234567890,A1B2,")
    assert (
        old is not None and old.fields["金额"] == "88.50" and old.fields["校验码"] == "12345678901234567890"
    )
    digital = parse_qr("01,32,,24332000000123456789,100.00,20240105,,ABCD")
    assert digital is not None and digital.fields == {
        "发票号码": "24332000000123456789",
        "开票日期": "2024-01-05",
        "价税合计小写": "100.00",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/a,b,c,d,e,f,g",
        "CZ-EI-42,1.0.0,abc,7141957131,kdf71f,20250717,1.00",
        "1,2,3",
        ",,,,,,",
    ],
)
def test_foreign_codes(text: str) -> None:
    assert parse_qr(text) is None


def test_a_bad_date_or_amount_is_left_out() -> None:
    facts = parse_qr("CZ-EI-42,1.0.0,42060125,7141957131,kdf71f,20251717,NaN")
    assert facts is not None and set(facts.fields) == {"票据代码", "票据号码", "校验码"}


@pytest.mark.parametrize("module", [1, 3])
def test_a_code_is_found_in_a_picture(module: int) -> None:
    code = zxingcpp.create_barcode(RECEIPT, zxingcpp.BarcodeFormat.QRCode)
    dots = np.asarray(zxingcpp.write_barcode_to_image(code, scale=module))
    sheet = np.full((400, 500), 255, dtype=np.uint8)
    sheet[40 : 40 + dots.shape[0], 60 : 60 + dots.shape[1]] = dots
    pixels = np.repeat(sheet[:, :, None], 3, axis=2)
    assert read_qr(pixels) == parse_qr(RECEIPT)
    assert read_qr(np.full_like(pixels, 255)) is None
