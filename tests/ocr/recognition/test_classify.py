"""What kind of paper it is; a paper of no known kind is `other`."""

import pytest

from ocr.recognition.classify import classify
from ocr.recognition.model import DocumentType

from .conftest import paper


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("e_receipt", "浙江省医疗住院收费票据（电子）|票据代码：33061424|票据号码：1|校验码：22043d"),
        ("e_receipt", "浙江省医疗住院恢费票据|(电子)|票据代码：33061424|校验码：22043d|住院号：1"),
        (
            "outpatient_receipt",
            "北京市医疗门诊收费票据（电子）|票据代码：11060124|校验码：22043d|交款人：王伟",
        ),
        (
            "printed_receipt",
            "黑龙江省医疗住院收费票据|合计人民币（大写）：拾元整|预交金：1.00|收款单位（盖章）：",
        ),
        ("settlement", "浙江省基本医疗保险住院费用结算单|起付标准|统筹基金支付|个人账户支付|人员类别"),
        ("settlement", "南陵市第三人民医院医疗保险住院结算单|险种类型|医疗费总额"),
        ("discharge_record", "白鹭湾人民医院|出院记录|入院情况：|出院医嘱：|病理报告未回"),
        ("discharge_record", "某医院|出 院 小 结|出院诊断：|诊疗经过："),
        ("diagnosis", "某医院|诊断证明书|诊断：急性阑尾炎|建议：休息两周|医师签名："),
        ("pathology", "某医院|病理检查报告单|病理号：2024-1|肉眼所见：|病理诊断："),
        ("vat_invoice", "浙江增值税电子普通发票|发票代码：033001900104|发票号码：12345678|价税合计（大写）"),
        ("vat_invoice", "电子发票（普通发票）|发票号码：24332000000123456789|购买方信息|税额"),
        ("id_card", "姓名张三|性别男民族汉|出生1990年1月1日|住址某市某路|公民身份号码110101199001011237"),
        ("bank_card", "中国建设银行|6217000010000000000|银联|VALID THRU 12/30"),
        ("social_security_card", "中华人民共和国|社会保障卡|姓名王伟|社会保障号码110101199001011237"),
        ("other", "某某火锅店|结账单|桌号：12|合计：188.00"),
        ("other", "房屋租赁合同|甲方：王伟|身份证号码：110101199001011237|住址：某市"),
        ("other", ""),
        ("other", "入院须知|请携带身份证"),
    ],
)
def test_kinds(kind: str, words: str) -> None:
    page = paper(*((100, 40 + 40 * i, text) for i, text in enumerate(words.split("|"))))
    assert classify([page]) is DocumentType(kind)


def test_a_receipts_code_tells_it_is_electronic() -> None:
    page = paper((100, 40, "收费票据"), (100, 80, "住院号：1"), (100, 120, "票据代码：33061424"))
    assert classify([page], qr_scheme="receipt") is DocumentType.E_RECEIPT
