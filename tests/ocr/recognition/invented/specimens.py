"""Papers as provinces, hospitals and banks print them: the national forms closely, everything else in free layouts.

Wordings follow the national forms (医疗收费票据 of 2019, 电子发票 of 2022, 医疗保障基金结算清单 of 2021) and what is
printed beside them; each sheet chooses labels, layout, order and fonts, and adds figures that are none of ours.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from ocr.recognition.capitals import format_capitals

from .canvas import RED, Canvas
from .facts import PROVINCES, Facts, money
from .layouts import Entry, lay
from .receipts import Truth, amount, day

_ZERO = Decimal("0.00")


def varied(random: Random, facts: Facts) -> Facts:
    """The same stay paid otherwise: by nobody else, by the fund alone, with nothing of other funds."""
    way, total = random.random(), facts.total
    if way < 0.25:
        return replace(facts, pooled=_ZERO, other=_ZERO, account=_ZERO, cash=total, own_share=_ZERO)
    if way < 0.4:
        return replace(facts, other=_ZERO, account=_ZERO, cash=facts.account + facts.cash + facts.other)
    if way < 0.5:
        return replace(
            facts,
            cash=_ZERO,
            account=facts.account + facts.cash,
            own_share=facts.account + facts.cash,
        )
    return facts


def capitals(random: Random, value: Decimal) -> str:
    """An amount in capitals, in either of the usual letters."""
    words = format_capitals(value)
    return words.replace("元", random.choice("元圆")).replace("整", random.choice("整正"))


def _payments(random: Random, facts: Facts, *, own: bool = True) -> tuple[list[Entry], Truth]:
    paid = facts.account + facts.cash
    said = {
        "医保统筹基金支付": (
            ["医保统筹基金支付", "统筹基金支付", "统筹支付", "基本医疗保险统筹基金支付"],
            facts.pooled,
        ),
        "其他支付": (["其他支付", "其它支付", "其他基金支付"], facts.other),
        "个人账户支付": (["个人账户支付", "账户支付", "个人帐户支付", "医保个人账户支付"], facts.account),
        "个人现金支付": (["个人现金支付", "现金支付"], facts.cash),
    }
    if own:
        said |= {
            "个人自付": (["个人自付", "自付金额", "个人自付金额"], facts.own_share),
            "个人自费": (["个人自费", "自费金额", "个人自费金额"], paid - facts.own_share),
        }
    entries = [(random.choice(labels), amount(random, value)) for labels, value in said.values()]
    return entries, {name: f"{value}" for name, (_, value) in said.items()}


def _distractors(random: Random, facts: Facts) -> list[Entry]:
    """Figures and dates that stand on such papers and are none of ours."""
    every = [
        ("个人账户余额", f"{money(random, 9000)}"),
        ("起付标准", random.choice(["500.00", "800.00", "1100.00"])),
        ("大病保险支付", f"{money(random, 900)}"),
        ("公务员补助", "0.00"),
        ("本年度累计统筹支付", f"{money(random, 60_000)}"),
        ("乙类先自付", f"{money(random, 500)}"),
        ("医保当年账户余额", "0.00"),
        ("结算方式", "联网结算"),
        ("附加基金支付", "0.00"),
        ("超限价金额", f"{money(random, 300)}"),
    ]
    return random.sample(every, random.randrange(1, 5))


def national_receipt(sheet: Canvas, facts: Facts, *, stay: bool) -> Truth:
    """医疗门诊/住院收费票据（电子） as the Ministry of Finance's form of 2019 has it."""
    random, kind = sheet.random, "住院" if stay else "门诊"
    facts = varied(random, facts)
    place = PROVINCES[facts.region]
    title = f"{place}医疗{kind}收费票据{random.choice(['（电子）', '(电子)', ' (电子)'])}"
    sheet.text(800, 70, title, random.choice([38, 44]), random.choice([RED, sheet.ink, (30, 30, 30)]), "mm")
    _code_of_receipt(sheet, facts)
    masked = facts.id_number[:6] + "********" + facts.id_number[-4:]
    head = [
        ("票据代码", facts.code),
        ("票据号码", facts.number),
        ("交款人统一社会信用代码", random.choice([masked, ""])),
        ("校验码", facts.check),
        ("交款人", facts.name),
        ("开票日期", day(random, facts.discharged)),
    ]
    lay(sheet, head, 130, ways=["runs"], left=300, right=1450, columns=2, size=22)
    charges(sheet, facts, 290)
    words = capitals(random, facts.total)
    label = random.choice(["金额合计（大写）", "金额合计(大写)", "金额合计 （大写）"])
    sheet.pair(90, 640, label, words, 26)
    sheet.pair(1000, 640, random.choice(["（小写）", "(小写)"]), amount(random, facts.total), 26)
    sheet.line(70, 665, 1530, 665)
    payments, truth = _payments(random, facts)
    visit: list[Entry] = [("门诊号", facts.stay), ("就诊日期", f"{facts.discharged:%Y%m%d}")]
    if stay:
        span = random.choice(["-", "至", "~"])
        period = f"{facts.admitted:%Y%m%d}{span}{facts.discharged:%Y%m%d}"
        visit = [("病历号", f"{random.randrange(10**7)}"), ("住院号", facts.stay), ("住院科别", "骨科")]
        visit += [("住院时间", period), ("预缴金额", f"{money(random, 20_000)}"), ("退费金额", "0.00")]
        truth |= {"住院号": facts.stay, "入院日期": f"{facts.admitted}", "出院日期": f"{facts.discharged}"}
    others = [
        ("业务流水号", f"{random.randrange(10**14)}"),
        *visit,
        ("医疗机构类型", random.choice(["综合医院", "综合性三级甲等医院", "非营利性医疗机构"])),
        ("医保类型", "职工基本医疗保险"),
        ("医保编号", f"{random.randrange(10**10)}"),
        ("性别", facts.sex),
        *payments,
        *_distractors(random, facts),
    ]
    lay(sheet, others, 680, ways=["runs", "runs", "packed"], left=110, columns=random.choice([3, 4]), size=21)
    for place_of, letter in enumerate("其他信息"):
        sheet.text(random.choice([78, 84]), 700 + 60 * place_of, letter, 22, sheet.ink, "mm")
    sheet.pair(90, 1060, random.choice(["收款单位（章）", "收款单位(章)"]), facts.hospital)
    sheet.pair(900, 1060, "复核人", random.choice(["周洁", "系统核验"]))
    sheet.pair(1200, 1060, "收款人", "006212")
    sheet.seal(random.uniform(200, 1300), random.uniform(780, 1000), 105, "收费专用章")
    return truth | {
        "票据代码": facts.code,
        "票据号码": facts.number,
        "校验码": facts.check,
        "交款人": facts.name,
        "开票日期": f"{facts.discharged}",
        "金额合计大写": format_capitals(facts.total),
        "金额合计小写": f"{facts.total}",
        "医疗机构": facts.hospital,
    }


def _code_of_receipt(sheet: Canvas, facts: Facts) -> None:
    """A code of this receipt, a link, a code of another receipt, or none."""
    random, way = sheet.random, sheet.random.random()
    total, number = facts.total, facts.number
    if way < 0.12:
        said = f"https://einvoice.example.cn/check?c={facts.code}&n={facts.number}"
    elif way < 0.24:
        number, total = f"{random.randrange(10**10):010d}", money(random, 9000)
    if way >= 0.12:
        issued = f"{facts.discharged:%Y%m%d}"
        said = (
            f"CZ-EI-{facts.region},1.0.0,{facts.code},{number},{facts.check if number == facts.number else 'a1b2c3'},"
            f"{issued},{total}"
        )
    if way < 0.85:
        sheet.code(said, 70, 50, 170)


def charges(sheet: Canvas, facts: Facts, top: int) -> None:
    """The list of charges, in groups side by side."""
    random, groups = sheet.random, sheet.random.choice([2, 3])
    width = 1440 // groups
    for group in range(groups):
        for offset, title in ((0, "项目名称"), (0.45, "金额（元）"), (0.8, "备注")):
            sheet.text(90 + group * width + offset * width, top, title, 20, sheet.ink)
    sheet.line(70, top + 18, 1530, top + 18)
    for place, (name, value) in enumerate(facts.items):
        x, y = 90 + (place % groups) * width, top + 45 + 42 * (place // groups)
        sheet.value(x, y, name, 21)
        sheet.value(x + 0.45 * width, y, amount(random, value), 21)


def printed_receipt(sheet: Canvas, facts: Facts) -> Truth:
    """A printed 住院收费票据 of any province, pre-printed form and a printer's figures."""
    random = sheet.random
    facts = varied(random, facts)
    titles = ("医疗住院收费票据", "医疗机构住院收费票据", "住院医疗费专用收据", "医疗住院收费专用票据")
    sheet.text(800, 70, PROVINCES[facts.region] + random.choice(titles), 40, sheet.ink, "mm")
    mark = random.choice(["No", "№", "Nº", "No.", "NO:", "票据号码：", "No ", "号码："])
    number = random.choice([facts.number, facts.number[:8]])
    sheet.text(1150, random.choice([70, 130]), f"{mark}{number}", 30, random.choice([RED, sheet.ink]))
    head = [
        (random.choice(["姓名", "交款人", "患者姓名"]), facts.name),
        (random.choice(["住院号", "住院号码", "住院病历号"]), facts.stay),
        (random.choice(["开票日期", "收费日期", "结算日期"]), day(random, facts.discharged)),
        (random.choice(["入院日期", "入院时间"]), f"{facts.admitted}"),
        (random.choice(["出院日期", "出院时间"]), f"{facts.discharged}"),
        ("住院天数", f"{facts.days}"),
    ]
    issued = head[2][0] != "结算日期"
    bottom = lay(sheet, head, 170, ways=["runs", "apart", "ruled"])
    charges(sheet, facts, bottom + 40)
    top = bottom + 260
    words = capitals(random, facts.total)
    sheet.pair(
        90,
        top,
        random.choice(["合计（大写）", "合计人民币（大写）", "人民币（大写）", "总计（大写）"]),
        words,
        26,
    )
    sheet.text(1050, top, random.choice(["￥", "¥", "（小写）¥", "小写："]) + f"{facts.total}", 26)
    payments, truth = _payments(random, facts, own=random.random() < 0.5)
    others = [*payments, *_distractors(random, facts)]
    bottom = lay(
        sheet,
        others,
        top + 40,
        ways=["runs", "ruled", "apart", "stacked", "packed"],
        columns=random.choice([2, 3]),
    )
    where = random.choice(["收款单位（章）", "收款单位", "医院名称", "开票单位（章）"])
    sheet.pair(90, bottom + 50, where, facts.hospital)
    sheet.pair(1200, bottom + 50, "收款人", "吴敏")
    sheet.seal(random.uniform(200, 1300), random.uniform(top - 40, bottom), 105, "收费专用章")
    return truth | {
        "票据号码": number,
        "交款人": facts.name,
        **({"开票日期": f"{facts.discharged}"} if issued else {}),
        "金额合计大写": format_capitals(facts.total),
        "金额合计小写": f"{facts.total}",
        "住院号": facts.stay,
        "医疗机构": facts.hospital,
        "入院日期": f"{facts.admitted}",
        "出院日期": f"{facts.discharged}",
    }


def settlement_sheet(sheet: Canvas, facts: Facts) -> Truth:
    """A 医保结算单 in any layout: ruled, bare, with heads, in sections."""
    random = sheet.random
    facts = varied(random, facts)
    titles = (
        "基本医疗保险住院费用结算单",
        "医疗保险费用结算单",
        "城镇职工医疗保险住院结算单",
        "医疗保障基金结算清单",
        "职工医保住院费用结算表",
        "医疗费用结算单（住院）",
    )
    sheet.text(800, 60, random.choice(["", PROVINCES[facts.region]]) + random.choice(titles), 36, anchor="mm")
    name, stay = (
        random.choice(["姓名", "参保人姓名", "患者姓名"]),
        random.choice(["住院号", "住院病案号", "住院编号"]),
    )
    person = [
        (random.choice(["医疗机构", "定点医疗机构", "就诊医院", "定点医疗机构名称"]), facts.hospital),
        (name, facts.name),
        ("性别", facts.sex),
        ("身份证号", facts.id_number),
        (stay, facts.stay),
        ("人员类别", "在职"),
        (random.choice(["入院日期", "入院时间"]), day(random, facts.admitted)),
        (random.choice(["出院日期", "出院时间"]), day(random, facts.discharged)),
        ("住院天数", f"{facts.days}"),
    ]
    bottom = lay(sheet, person, 110, columns=3, ways=["runs", "ruled", "apart", "stacked", "heads"])
    total = random.choice(["医疗费总额", "费用总额", "医疗费用总额", "总费用", "住院总费用"])
    payments, truth = _payments(random, facts, own=random.random() < 0.6)
    figures = [(total, amount(random, facts.total)), *payments, *_distractors(random, facts)]
    if random.random() < 0.3:
        random.shuffle(figures)
    bottom = lay(sheet, figures, bottom + 30, columns=random.choice([2, 3, 4]))
    if worded := random.random() < 0.7:
        label = random.choice(["费用合计（大写）", "合计（大写）", "总金额（大写）"])
        sheet.pair(90, bottom + 40, label, capitals(random, facts.total))
    sheet.pair(90, bottom + 90, "经办人", "周洁")
    sheet.pair(900, bottom + 90, "打印日期", f"{facts.discharged + timedelta(3)}")
    sheet.seal(random.uniform(300, 1300), random.uniform(250, bottom), 105, "医保专用章")
    words = {"金额合计大写": format_capitals(facts.total)} if worded else {}
    return (
        truth
        | words
        | {
            "交款人": facts.name,
            "金额合计小写": f"{facts.total}",
            "住院号": facts.stay,
            "医疗机构": facts.hospital,
            "入院日期": f"{facts.admitted}",
            "出院日期": f"{facts.discharged}",
        }
    )
