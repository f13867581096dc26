"""Tells what kind of paper a page is, from its heading and from words that only such papers carry. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ocr.recognition.model import DocumentType, Page
from ocr.recognition.segments import plain

_TITLE_WEIGHT = 6
_WORD_WEIGHT = 1
_ENOUGH = 4
_UNMISTAKABLE = 3


@dataclass(frozen=True, slots=True)
class _Kind:
    """`titles` are sought in short lines only, `words` anywhere; a word of `never` rules the kind out."""

    type: DocumentType
    titles: tuple[str, ...]
    words: tuple[str, ...]
    never: str | None = None


_SIMPLE = str.maketrans(
    "華國會險醫療證號碼總計發診單據收費門銀電開價稅額購銷與專業結廣東診斷報檢",
    "华国会险医疗证号码总计发诊单据收费门银电开价税额购销与专业结广东诊断报检",
)
"""Some letters are read as their traditional forms, which differ little in some fonts."""
_T = DocumentType
_KINDS = (
    _Kind(
        _T.E_RECEIPT,
        (r"住院.{0,8}票据?.{0,2}电子", r"电子.{0,6}住院.{0,8}票据"),
        ("票据代码", "校验码", "交款人统一社会信用代码", "电子票据", "住院号|住院时间|住院科", "票据号码"),
    ),
    _Kind(
        _T.OUTPATIENT_RECEIPT,
        (r"门诊?.{0,8}(?:票据|收据)", r"门.?诊.{0,4}收费"),
        ("门诊号", "票据代码", "校验码", "就诊日期", "交款人"),
        r"住院.{0,8}票据|住院号|住院时间|增值税",
    ),
    _Kind(
        _T.PRINTED_RECEIPT,
        (r"住院.{0,8}(?:票据|收据)",),
        (
            "第.联",
            "收款单位",
            "(?:合计|人民币|总计).{0,6}大写",
            "预交金",
            "收费项目",
            "№|No|NO",
            "住院号|住院天数",
            "统筹|个人账户",
            "收款人|收费员",
        ),
        r"校验码|票据代码|预[交缴]金?.{0,4}(?:收据|票据|凭证|凭据)|押金.{0,4}(?:收据|票据|单)",
    ),
    _Kind(
        _T.VAT_INVOICE,
        (r"增值税.{0,6}发票", r"电子发票.{0,2}(?:普通|专用)?", r"普通发票"),
        ("发票代码", "发票号码", "价税合计", "税率", "纳税人识别号", "税额", "购买方", "销售方"),
    ),
    _Kind(
        _T.SETTLEMENT,
        (r"结算(?:单|表|清单)", r"费用结算", r"医保.{0,6}结算"),
        (
            "起付",
            "统筹",
            "险种|医保类型",
            "医疗费.{0,2}总|总费用|费用总额",
            "人员类别",
            "结算日期|结算时间",
            "个人账户",
        ),
        r"收费.{0,3}票据|票据代码",
    ),
    _Kind(
        _T.DISCHARGE_RECORD,
        (r"出院(?:记录|小结|志|病历|总结)单?$",),
        ("出院诊断", "出院医嘱", "入院情况", "诊疗经过|治疗经过", "出院情况", "入院诊断"),
    ),
    _Kind(
        _T.DIAGNOSIS,
        (r"(?:诊断|疾病|病情|病假|休假)(?:诊断)?证明", r"诊断书$"),
        ("诊断", "建议|处理意见|医嘱", "医师", "科"),
    ),
    _Kind(
        _T.PATHOLOGY,
        (r"病理(?!.{0,6}(?:申请|送检|登记)).{0,8}(?:报告|单)", r"病理(?:检查|诊断)$", r"活检报告"),
        ("病理号", "病理诊断", "肉眼所见|巨检|肉眼观", "镜下所见|镜检|光镜", "免疫组化", "送检", "标本"),
    ),
    _Kind(
        _T.SOCIAL_SECURITY_CARD,
        (r"社会保障卡?$", r"医疗保障卡?$"),
        ("社会保障号", "卡号", "发[卡证]日期", "姓名"),
        r"结算|票据|出院",
    ),
    _Kind(
        _T.ID_CARD,
        (r"公民身份号码", r"居民身份证"),
        ("民族", "住址", "出生", "性别", "签发机关", "有效期限"),
        r"票据|结算|出院|申请|登记表",
    ),
    _Kind(
        _T.BANK_CARD,
        (r"银联|UnionPay|借记卡|信用卡|储蓄卡|DEBIT|CREDIT", r"银行$"),
        (r"VALID|THRU|MONTH|有效期|ATM", r"(?<!\d)[3-6]\d{15,18}(?!\d)", "银行"),
        r"票据|结算|发票|回单|转账|流水|合计|申请|诊断|人民币",
    ),
)


def classify(pages: Iterable[Page], *, qr_scheme: str | None = None) -> DocumentType:
    """The kind with most evidence, `other` when none has a heading and hardly any word."""
    lines = [
        re.sub(r"[\s()]", "", plain(line.text)).translate(_SIMPLE) for page in pages for line in page.lines
    ]
    text = "\n".join(lines)
    scores = {kind.type: _score(kind, lines, text) for kind in _KINDS}
    _electronic(scores, lines, text, qr_scheme)
    best = max(scores, key=lambda t: scores[t])
    return best if scores[best] >= _ENOUGH else DocumentType.OTHER


def _score(kind: _Kind, lines: list[str], text: str) -> float:
    if kind.never and re.search(kind.never, text):
        return 0.0
    words = sum(_WORD_WEIGHT for word in kind.words if re.search(word, text))
    titles = [line for line in lines if len(line) <= 30 and any(re.search(t, line) for t in kind.titles)]
    if titles and words:
        return _TITLE_WEIGHT + words
    if words == len(kind.words) * _WORD_WEIGHT and words >= _UNMISTAKABLE:
        return _ENOUGH + words  # the heading is lost, but everything else is there
    return words - 1.0


def _electronic(
    scores: dict[DocumentType, float], lines: list[str], text: str, qr_scheme: str | None
) -> None:
    """An electronic receipt's "(电子)" often stands in a box of its own, and a seal may hide the heading."""
    electronic = any(line == "电子" or line.endswith("票据电子") for line in lines) or qr_scheme == "receipt"
    if not electronic or not re.search(r"票据|收费|校验码", text):
        return
    heading = [line for line in lines if re.search(r"(?:门.?诊|住院).{0,10}[票收]据", line)]
    stay = re.search(r"住院", "".join(heading) or text)
    kind = DocumentType.E_RECEIPT if stay else DocumentType.OUTPATIENT_RECEIPT
    scores[kind] = max(scores[kind], 0.0) + _TITLE_WEIGHT + _WORD_WEIGHT
