"""Invented records and cards, and papers that are none of the kinds that are known."""

from datetime import timedelta

from .canvas import RED, Canvas
from .facts import Facts
from .receipts import Truth, day


def discharge(sheet: Canvas, facts: Facts) -> Truth:
    """出院记录 under its several names."""
    random = sheet.random
    sheet.text(800, 60, facts.hospital, 44, anchor="mm")
    sheet.text(800, 130, random.choice(["出院记录", "出院小结", "出 院 记 录"]), 40, anchor="mm")
    sheet.pair(90, 200, "姓名", facts.name)
    sheet.pair(420, 200, "性别", facts.sex)
    sheet.pair(700, 200, "年龄", "56岁")
    sheet.pair(1000, 200, random.choice(["住院号", "住院号码"]), facts.stay)
    word = random.choice(["日期", "时间"])
    clock = random.choice(["", " 09:20"])
    sheet.pair(90, 260, f"入院{word}", day(random, facts.admitted) + clock)
    sheet.pair(600, 260, f"出院{word}", day(random, facts.discharged) + clock)
    sheet.pair(1150, 260, "住院天数", f"{facts.days}天")
    sheet.pair(90, 330, "入院诊断", facts.diagnosis)
    sheet.pair(90, 390, "出院诊断", f"1.{facts.diagnosis} 2.高血压病2级")
    story = "患者因反复不适于入院前3天就诊，体温36.8℃，血压132/80mmHg，完善检查后予对症治疗，恢复良好。"
    for place, label in enumerate(("入院情况", "诊疗经过", "出院情况", "出院医嘱")):
        sheet.pair(90, 470 + 90 * place, label, story[: 30 + 4 * place])
    sheet.pair(1000, 900, "医师签名", "林梓")
    sheet.seal(1200, 880, 100, "病案专用章")
    return {
        "交款人": facts.name,
        "住院号": facts.stay,
        "医疗机构": facts.hospital,
        "入院日期": f"{facts.admitted}",
        "出院日期": f"{facts.discharged}",
    }


def diagnosis(sheet: Canvas, facts: Facts) -> Truth:
    """诊断证明书."""
    random = sheet.random
    sheet.text(800, 60, facts.hospital, 44, anchor="mm")
    sheet.text(800, 130, random.choice(["诊断证明书", "疾病诊断证明书", "病情证明书"]), 40, anchor="mm")
    sheet.pair(90, 220, "姓名", facts.name)
    sheet.pair(420, 220, "性别", facts.sex)
    sheet.pair(700, 220, "年龄", "45岁")
    sheet.pair(1000, 220, "科别", "胸外科")
    sheet.pair(90, 320, random.choice(["诊断", "临床诊断", "诊断结果"]), facts.diagnosis)
    sheet.pair(90, 460, random.choice(["处理意见", "建议"]), "建议全休壹个月，定期复查。")
    sheet.pair(1000, 620, "医师", "郑明")
    sheet.pair(1000, 680, "日期", f"{facts.discharged}")
    sheet.seal(1150, 650, 100, "诊断证明专用章")
    return {"交款人": facts.name, "医疗机构": facts.hospital, "诊断": facts.diagnosis}


def pathology(sheet: Canvas, facts: Facts) -> Truth:
    """病理检查报告单."""
    random = sheet.random
    sheet.text(800, 60, facts.hospital, 44, anchor="mm")
    sheet.text(800, 130, random.choice(["病理检查报告单", "病理诊断报告书", "病理报告单"]), 40, anchor="mm")
    sheet.pair(90, 210, random.choice(["病理号", "病理编号"]), facts.pathology)
    sheet.pair(90, 270, "姓名", facts.name)
    sheet.pair(420, 270, "性别", facts.sex)
    sheet.pair(700, 270, "年龄", "61岁")
    sheet.pair(1000, 270, "住院号", facts.stay)
    sheet.pair(90, 330, "送检科室", "胸外科")
    sheet.pair(700, 330, "送检材料", "肺组织")
    sheet.pair(90, 410, "肉眼所见", "灰白组织一块，大小3×2×1.5cm，切面灰白质硬。")
    sheet.pair(90, 500, random.choice(["镜下所见", "光镜所见"]), "癌细胞呈腺样排列，浸润性生长。")
    sheet.pair(90, 620, "病理诊断", facts.diagnosis)
    sheet.pair(90, 780, "报告医师", "何文")
    sheet.pair(900, 780, "报告日期", f"{facts.discharged}")
    sheet.seal(1150, 700, 100, "病理科")
    return {
        "交款人": facts.name,
        "医疗机构": facts.hospital,
        "诊断": facts.diagnosis,
        "病理号": facts.pathology,
        "住院号": facts.stay,
    }


def id_card(sheet: Canvas, facts: Facts) -> Truth:
    """居民身份证, the side with the number."""
    address = "江苏省无锡市梁溪区人民中路128号"
    for y, label, value in (
        (90, "姓名", facts.name),
        (190, "性别", facts.sex),
        (290, "出生", f"{facts.birth.year} 年 {facts.birth.month} 月 {facts.birth.day} 日"),
        (390, "住址", address),
    ):
        right = sheet.text(80, y, label, 32, (60, 110, 170))
        sheet.text(right + 24, y, value, 38)
    right = sheet.text(380, 190, "民族", 32, (60, 110, 170))
    sheet.text(right + 20, 190, "汉", 38)
    right = sheet.text(80, 600, "公民身份号码", 32, (60, 110, 170))
    sheet.text(right + 30, 600, facts.id_number, 46)
    sheet.image.paste((150, 160, 170), (850, 90, 1130, 470))
    return {
        "姓名": facts.name,
        "性别": facts.sex,
        "民族": "汉",
        "出生": f"{facts.birth}",
        "住址": address,
        "公民身份号码": facts.id_number,
    }


def bank_card(sheet: Canvas, facts: Facts) -> Truth:
    """A debit card."""
    sheet.text(80, 90, sheet.random.choice(["中国农业银行", "中国工商银行", "江苏银行"]), 44)
    sheet.text(850, 110, "借记卡", 30)
    groups = " ".join(facts.card[i : i + 4] for i in range(0, len(facts.card), 4))
    sheet.text(100, 420, groups, 58)
    sheet.text(900, 600, "银联 UnionPay", 30)
    return {"卡号": facts.card}


def social_card(sheet: Canvas, facts: Facts) -> Truth:
    """社会保障卡."""
    sheet.text(600, 80, "中华人民共和国社会保障卡", 44, RED, "mm")
    sheet.pair(80, 250, "姓名", facts.name, 32)
    sheet.pair(80, 350, "社会保障号码", facts.id_number, 32)
    sheet.pair(80, 450, "社会保障卡号", facts.card, 32)
    sheet.pair(80, 550, "发卡日期", f"{facts.birth + timedelta(14_000):%Y年%m月}", 32)
    return {"姓名": facts.name, "社会保障号码": facts.id_number}


def foreign(sheet: Canvas, facts: Facts) -> Truth:
    """A paper of no known kind, with words of the known ones on it."""
    random = sheet.random
    title, pairs = random.choice(
        [
            (
                "物业服务费收据",
                [
                    ("业主姓名", facts.name),
                    ("收费日期", f"{facts.discharged}"),
                    ("金额合计", f"{facts.total}"),
                    ("收款人", "吴敏"),
                ],
            ),
            (
                "网上银行电子回单",
                [
                    ("付款人", facts.name),
                    ("收款人", facts.hospital),
                    ("金额（小写）", f"{facts.total}"),
                    ("交易日期", f"{facts.discharged}"),
                ],
            ),
            (
                "超声检查报告单",
                [("姓名", facts.name), ("检查所见", "肝脏形态正常"), ("检查日期", f"{facts.discharged}")],
            ),
            (
                "处方笺",
                [
                    ("姓名", facts.name),
                    ("科别", "内科"),
                    ("临床诊断", facts.diagnosis),
                    ("药品", "阿莫西林胶囊 0.5g×24"),
                ],
            ),
            (
                "职工互助保障参保申请表",
                [("姓名", facts.name), ("公民身份号码", facts.id_number), ("单位名称", "某某机械厂")],
            ),
            ("高速铁路车票", [("车次", "G7002"), ("票价", "139.50元"), ("姓名", facts.name)]),
        ]
    )
    sheet.text(800, 80, title, 44, anchor="mm")
    for place, (label, value) in enumerate(pairs):
        sheet.pair(150, 220 + 110 * place, label, value, 30)
    if random.random() < 0.5:
        sheet.seal(1150, 600, 100, "财务专用章")
    return {}
