"""VAT invoices as they are printed: fully digital, electronic, and on paper with a bare number and code."""

from decimal import Decimal

from ocr.recognition.capitals import format_capitals

from .canvas import Canvas
from .facts import PROVINCES, Facts
from .layouts import lay
from .receipts import Truth
from .specimens import capitals


def invoice(sheet: Canvas, facts: Facts, *, way: str) -> Truth:
    """A VAT invoice: `digital` (20 digits, no code), `electronic` of before, or `paper` with a bare number."""
    random = sheet.random
    tax = (facts.total * Decimal("0.06")).quantize(Decimal("0.01"))
    net, total = facts.total, facts.total + tax
    digital, kind = way == "digital", random.choice(["普通", "专用"])
    place = PROVINCES[facts.region][:2]
    titles = {
        "digital": f"电子发票（{'增值税专用发票' if kind == '专用' else '普通发票'}）",
        "electronic": f"{place}增值税电子{kind}发票",
        "paper": f"{place}增值税{kind}发票",
    }
    sheet.text(800, 70, titles[way], 42, (120, 60, 30), "mm")
    number = f"2{facts.discharged:%y}{random.randrange(10**17):017d}" if digital else facts.number[:8]
    code = f"{random.randrange(10**11):012d}"
    check = "".join(random.choices("0123456789", k=20))
    issued = f"{facts.discharged:%Y%m%d}"
    if way != "paper" and random.random() < 0.85:
        said = (
            f"01,32,,{number},{total},{issued},,"
            if digital
            else f"01,10,{code},{number},{net},{issued},{check},1A2B"
        )
        sheet.code(said, 90, 40, 160)
    printed = random.choice([f"{facts.discharged:%Y年%m月%d日}", f"{facts.discharged:%Y 年 %m 月 %d 日}"])
    head = [("发票号码", number), ("开票日期", printed)]
    groups = " ".join(check[i : i + 5] for i in range(0, 20, 5))
    if way == "electronic":
        spaced = random.choice(["校验码", "校 验 码"])
        head = [("发票代码", code), *head, (spaced, groups)]
    if way == "paper":
        sheet.text(150, 70, code[:10], 34)
        sheet.text(1150, 60, f"№ {number}", 36)
        sheet.pair(90, 150, "校验码", groups, 20)
        sheet.pair(1150, 130, "开票日期", printed, 22)
    else:
        lay(sheet, head, 30, ways=["runs"], left=1120, right=1540, columns=1, size=22)
    sheet.line(60, 210, 1540, 210)
    for y, label, value in (
        (240, random.choice(["名称", "名 称", "名　　称"]), facts.name),
        (285, "统一社会信用代码/纳税人识别号" if digital else "纳税人识别号", ""),
        (330, "地 址、电 话", ""),
    ):
        if not (digital and y == 330):
            sheet.pair(110, y, label, value, 20)
    sheet.line(60, 400, 1540, 400)
    heads_of = (90, "项目名称"), (500, "规格型号"), (760, "单 位"), (850, "数 量"), (960, "单 价")
    for x, head_of in (*heads_of, (1150, "金 额"), (1260, "税率"), (1350, "税 额")):
        sheet.text(x, 425, head_of, 20, sheet.ink)
    for x, cell in (
        (90, "*医疗服务*检查费"),
        (850, "1"),
        (940, f"{net}"),
        (1140, f"{net}"),
        (1270, "6%"),
        (1350, f"{tax}"),
    ):
        sheet.value(x, 470, cell, 20)
    if random.random() < 0.5:
        sheet.text(150, 640, "合", 24, sheet.ink)
        sheet.text(330, 640, "计", 24, sheet.ink)
    else:
        sheet.text(150, 640, random.choice(["合计", "合 计", "合　　计"]), 24, sheet.ink)
    yen = random.choice(["¥", "￥", "¥ "])
    sheet.value(1120, 640, f"{yen}{net}", 24)
    sheet.value(1340, 640, f"{yen}{tax}", 24)
    sheet.line(60, 670, 1540, 670)
    sheet.pair(
        110,
        705,
        random.choice(["价税合计（大写）", "价税合计(大写)"]),
        random.choice(["⊗", "", "ⓧ", "⊗ "]) + capitals(random, total),
        26,
    )
    sheet.pair(1000, 705, random.choice(["（小写）", "(小写)"]), f"{yen}{total}", 26)
    sheet.line(60, 740, 1540, 740)
    sheet.pair(110, 780, "名称", facts.hospital, 20)
    sheet.pair(110, 825, "开户行及账号", "中国银行 6222001234567890123", 20)
    sheet.pair(90, 960, "收款人", "郑明")
    sheet.pair(500, 960, "复核", "李想")
    sheet.pair(900, 960, "开票人", "吴敏")
    sheet.seal(1300, 880, 90, "发票专用章")
    sheet.seal(800, 80, 60, "国家税务总局")
    truth = {
        "发票号码": number,
        "开票日期": f"{facts.discharged}",
        "价税合计大写": format_capitals(total),
        "价税合计小写": f"{total}",
        "金额": f"{net}",
        "税额": f"{tax}",
    }
    if digital:
        return truth
    return truth | {"发票代码": code if way == "electronic" else code[:10], "校验码": check}
