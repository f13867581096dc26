"""Invented receipts, invoices and settlement sheets, in the wordings and layouts of several provinces."""

from datetime import date
from decimal import Decimal
from random import Random

from ocr.recognition.capitals import format_capitals

from .canvas import RED, Canvas
from .facts import PROVINCES, Facts

Truth = dict[str, str]


def day(random: Random, when: date) -> str:
    """A date as printed."""
    return random.choice(
        [f"{when}", f"{when:%Y年%m月%d日}", f"{when:%Y%m%d}", f"{when:%Y.%m.%d}", f"{when:%Y/%m/%d}"]
    )


def amount(random: Random, value: Decimal) -> str:
    """An amount as printed."""
    return random.choice([f"{value}", f"{value:,}", f"{value}"])


def e_receipt(sheet: Canvas, facts: Facts, *, stay: bool) -> Truth:
    """医疗住院 or 门诊收费票据（电子）."""
    random, kind = sheet.random, "住院" if stay else "门诊"
    title = random.choice([f"医疗{kind}收费票据（电子）", f"医疗{kind}收费票据(电子)"])
    sheet.text(800, 70, PROVINCES[facts.region] + title, 44, random.choice([RED, sheet.ink]), "mm")
    left, right = random.choice([(300, 1000), (90, 950), (250, 900)])
    corner = (70, 60) if left >= 250 else (1370, 60)
    if random.random() < 0.8:
        issued = f"{facts.discharged:%Y%m%d}"
        said = f"{facts.code},{facts.number},{facts.check},{issued},{facts.total}"
        sheet.code(f"CZ-EI-{facts.region},1.0.0,{said}", *corner, 170)
    word = random.choice(["票据", "票据", "电子票据"])
    sheet.pair(left, 150, f"{word}代码", facts.code)
    sheet.pair(right, 150, f"{word}号码", facts.number)
    sheet.pair(left, 195, "交款人统一社会信用代码", "")
    sheet.pair(right, 195, "校验码", facts.check)
    sheet.pair(left, 240, random.choice(["交款人", "交款人"]), facts.name)
    sheet.pair(right, 240, "开票日期", day(random, facts.discharged))
    _items(sheet, facts, 290)
    words = format_capitals(facts.total).replace("元", random.choice("元圆"))
    sheet.pair(90, 640, random.choice(["金额合计（大写）", "金额合计(大写)"]), words, 28)
    sheet.pair(1000, 640, random.choice(["（小写）", "(小写)"]), amount(random, facts.total), 28)
    sheet.line(70, 665, 1530, 665)
    truth = _others(sheet, facts, stay)
    sheet.pair(90, 1060, random.choice(["收款单位（章）", "收款单位(章)", "开票单位（章）"]), facts.hospital)
    sheet.pair(900, 1060, "复核人", "周洁")
    sheet.pair(1200, 1060, "收款人", "吴敏")
    sheet.seal(random.uniform(200, 1300), random.uniform(850, 1000), 105, "收费专用章")
    return {
        **truth,
        "票据代码": facts.code,
        "票据号码": facts.number,
        "校验码": facts.check,
        "交款人": facts.name,
        "开票日期": f"{facts.discharged}",
        "金额合计大写": format_capitals(facts.total),
        "金额合计小写": f"{facts.total}",
        "医疗机构": facts.hospital,
    }


def _items(sheet: Canvas, facts: Facts, top: int) -> None:
    for x, title in (
        (90, "项目名称"),
        (420, "数量/单位"),
        (600, "金额（元）"),
        (850, "项目名称"),
        (1340, "金额（元）"),
    ):
        sheet.text(x, top + 15, title, 22, sheet.ink)
    sheet.line(70, top + 35, 1530, top + 35)
    for place, (name, value) in enumerate(facts.items):
        y = top + 65 + 45 * (place // 2)
        sheet.text(90 if place % 2 == 0 else 850, y, name, 23)
        sheet.text(600 if place % 2 == 0 else 1340, y, f"{value}", 23)
    sheet.line(70, 610, 1530, 610)


def _others(sheet: Canvas, facts: Facts, stay: bool) -> Truth:
    random = sheet.random
    paid = facts.account + facts.cash
    period = random.choice(["至", "-", "~"]).join([f"{facts.admitted}", f"{facts.discharged}"])
    visit = [("就诊日期", f"{facts.discharged}"), ("门诊号", facts.stay)]
    entries = [
        ("业务流水号", f"{random.randrange(10**14)}"),
        *([("住院号", facts.stay), ("住院时间", period), ("住院科别", "心血管内科")] if stay else visit),
        ("医疗机构类型", "综合医院"),
        ("医保类型", "职工基本医疗保险"),
        ("医保编号", f"{random.randrange(10**10)}"),
        ("性别", facts.sex),
        (
            random.choice(["医保统筹基金支付", "统筹基金支付", "基本医保统筹基金支付"]),
            amount(random, facts.pooled),
        ),
        ("其他支付", amount(random, facts.other)),
        (random.choice(["个人账户支付", "医保个人账户支付"]), amount(random, facts.account)),
        ("个人现金支付", amount(random, facts.cash)),
        ("个人自付", amount(random, facts.own_share)),
        ("个人自费", amount(random, paid - facts.own_share)),
    ]
    columns = random.choice([3, 4]) if not stay else 3
    for place, (label, value) in enumerate(entries):
        sheet.pair(90 + 1450 // columns * (place % columns), 700 + 62 * (place // columns), label, value, 22)
    truth = {
        "医保统筹基金支付": f"{facts.pooled}",
        "其他支付": f"{facts.other}",
        "个人账户支付": f"{facts.account}",
        "个人现金支付": f"{facts.cash}",
        "个人自付": f"{facts.own_share}",
        "个人自费": f"{paid - facts.own_share}",
    }
    if stay:
        truth |= {"住院号": facts.stay, "入院日期": f"{facts.admitted}", "出院日期": f"{facts.discharged}"}
    return truth


def vat_invoice(sheet: Canvas, facts: Facts, *, digital: bool) -> Truth:
    """增值税电子普通发票, or the fully digital 电子发票（普通发票）."""
    random = sheet.random
    title = "电子发票（普通发票）" if digital else f"{PROVINCES[facts.region][:2]}增值税电子普通发票"
    sheet.text(800, 60, title, 44, (120, 40, 30), "mm")
    number = f"2{facts.discharged:%y}{random.randrange(10**17):017d}" if digital else facts.number[:8]
    code = f"0{random.randrange(10**11):011d}"
    net = facts.total
    tax = (net * Decimal("0.06")).quantize(Decimal("0.01"))
    check = f"{random.randrange(10**20):020d}"
    total = net + tax
    if digital:
        said = f"01,32,,{number},{total},{facts.discharged:%Y%m%d},,"
    else:
        said = f"01,10,{code},{number},{net},{facts.discharged:%Y%m%d},{check},1A2B"
    sheet.code(said, 60, 40, 170)
    rows = [("发票号码", number), ("开票日期", f"{facts.discharged:%Y年%m月%d日}")]
    if not digital:
        rows = [("发票代码", code), *rows, ("校验码", " ".join(check[i : i + 5] for i in range(0, 20, 5)))]
    for place, (label, value) in enumerate(rows):
        sheet.pair(1100, 50 + 42 * place, label, value, 24)
    sheet.line(60, 250, 1540, 250)
    sheet.pair(90, 290, "名称", facts.name)
    sheet.pair(90, 340, "统一社会信用代码/纳税人识别号" if digital else "纳税人识别号", "")
    sheet.line(60, 400, 1540, 400)
    for x, head in zip(
        (90, 500, 760, 930, 1150, 1300), ("项目名称", "规格型号", "数量", "单价", "金额", "税额"), strict=True
    ):
        sheet.text(x, 430, head, 22, sheet.ink)
    for x, cell in (
        (90, "*医疗服务*体检服务费"),
        (760, "1"),
        (930, f"{net}"),
        (1150, f"{net}"),
        (1240, "6%"),
        (1330, f"{tax}"),
    ):
        sheet.text(x, 480, cell, 22)
    sheet.text(120, 640, "合    计", 24, sheet.ink)
    sheet.text(1120, 640, f"¥{net}", 24)
    sheet.text(1310, 640, f"¥{tax}", 24)
    sheet.line(60, 670, 1540, 670)
    sheet.pair(90, 705, "价税合计（大写）", random.choice(["⊗", "", "ⓧ"]) + format_capitals(total), 26)
    sheet.pair(1000, 705, "（小写）", f"¥{total}", 26)
    sheet.line(60, 740, 1540, 740)
    sheet.pair(90, 790, "名称", facts.hospital)
    sheet.pair(90, 980, "开票人", "吴敏")
    sheet.seal(1300, 860, 90, "发票专用章")
    truth = {
        "发票号码": number,
        "开票日期": f"{facts.discharged}",
        "价税合计大写": format_capitals(total),
        "价税合计小写": f"{total}",
        "金额": f"{net}",
        "税额": f"{tax}",
    }
    return truth if digital else {**truth, "发票代码": code, "校验码": check}


def settlement(sheet: Canvas, facts: Facts) -> Truth:
    """医保结算单: a ruled table of labels and values."""
    random, paid = sheet.random, facts.account + facts.cash
    titles = ("基本医疗保险住院费用结算单", "医疗保险费用结算清单", "职工医疗保险住院结算单")
    sheet.text(800, 60, PROVINCES[facts.region] + random.choice(titles), 38, anchor="mm")
    rows = [
        [
            (random.choice(["定点医疗机构", "医疗机构名称", "就诊医疗机构"]), facts.hospital),
            ("医院等级", "三级甲等"),
        ],
        [("姓名", facts.name), ("性别", facts.sex), ("人员类别", "在职")],
        [(random.choice(["住院号", "住院编号"]), facts.stay), ("险种类型", "职工基本医疗保险")],
        [
            ("入院日期", f"{facts.admitted}"),
            ("出院日期", f"{facts.discharged}"),
            ("住院天数", f"{facts.days}"),
        ],
        [
            (random.choice(["医疗费总额", "医疗费用总额", "费用总额"]), amount(random, facts.total)),
            ("起付标准", "800.00"),
        ],
        [
            (random.choice(["统筹基金支付", "基本医疗统筹支付"]), amount(random, facts.pooled)),
            (random.choice(["其他支付", "其他基金支付"]), amount(random, facts.other)),
        ],
        [
            ("个人账户支付", amount(random, facts.account)),
            (random.choice(["个人现金支付", "现金支付"]), amount(random, facts.cash)),
        ],
        [("个人自费", amount(random, paid - facts.own_share)), ("结算日期", f"{facts.discharged}")],
        [("费用合计（大写）", format_capitals(facts.total))],
    ]
    if random.random() < 0.4:
        rows[4], rows[7] = rows[7], rows[4]
    bottom = sheet.table(rows, 110, 70, 1530, random.choice([50, 58, 64]))
    sheet.pair(90, bottom + 40, "经办人", "周洁")
    sheet.seal(random.uniform(300, 1300), bottom - random.uniform(20, 200), 105, "医保专用章")
    return {
        "交款人": facts.name,
        "金额合计大写": format_capitals(facts.total),
        "金额合计小写": f"{facts.total}",
        "医保统筹基金支付": f"{facts.pooled}",
        "其他支付": f"{facts.other}",
        "个人账户支付": f"{facts.account}",
        "个人现金支付": f"{facts.cash}",
        "个人自费": f"{paid - facts.own_share}",
        "住院号": facts.stay,
        "医疗机构": facts.hospital,
        "入院日期": f"{facts.admitted}",
        "出院日期": f"{facts.discharged}",
    }
