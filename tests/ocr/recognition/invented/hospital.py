"""What a hospital writes beside receipts, in free layouts: records, certificates, reports, papers of no known kind."""

from datetime import timedelta

from ocr.recognition.capitals import format_capitals

from .canvas import Canvas
from .facts import Facts
from .layouts import Entry, lay
from .receipts import Truth, day
from .specimens import charges

_PAPERS = (
    "住院费用清单 姓名 住院号 合计金额 入院日期",
    "住院病人一日费用清单 姓名 床号 当日费用 预交金余额",
    "住院预交金收据 姓名 住院号 预交金额 大写",
    "门诊病历 姓名 主诉 诊断 日期",
    "检验报告单 姓名 住院号 白细胞 报告日期",
    "入院记录 姓名 入院日期 主诉 入院诊断",
    "手术知情同意书 姓名 住院号 术前诊断",
    "银行转账凭证 付款人姓名 付款人账号 金额 大写",
    "CT检查报告单 姓名 检查部位 诊断 检查日期",
    "医疗保险参保缴费证明 姓名 社会保障号码 缴费月数",
    "工资条 姓名 应发工资 实发工资",
)
"""Title and labels."""


def discharge_summary(sheet: Canvas, facts: Facts) -> Truth:
    """An 出院记录 with a story that tells of other days, in any layout."""
    random = sheet.random
    sheet.text(800, 55, facts.hospital, 40, anchor="mm")
    title = random.choice(["出院记录", "出院小结", "出 院 小 结", "出院志", "出院病历"])
    sheet.text(800, 115, title, 36, anchor="mm")
    clock = random.choice(["", " 09:20", " 10时30分"])
    head = [
        ("姓名", facts.name),
        ("性别", facts.sex),
        ("年龄", "56岁"),
        (random.choice(["科别", "科室", "病区"]), "消化内科"),
        ("床号", "23"),
        (random.choice(["住院号", "住院病历号", "住院号码"]), facts.stay),
        (random.choice(["入院日期", "入院时间"]), day(random, facts.admitted) + clock),
        (random.choice(["出院日期", "出院时间"]), day(random, facts.discharged) + clock),
        ("住院天数", f"{facts.days}天"),
    ]
    bottom = lay(sheet, head, 150, ways=["runs", "ruled", "apart", "stacked"])
    before = facts.admitted - timedelta(random.randrange(20, 400))
    story = f"患者于{before:%Y年%m月%d日}因“腹痛”在外院住院治疗，{before + timedelta(9)}出院。"
    operated = f"于{facts.admitted + timedelta(1):%Y-%m-%d}在全麻下行手术治疗，术后恢复良好，{facts.discharged}出院。"
    texts = [
        ("入院诊断", f"1.{facts.diagnosis}"),
        ("入院情况", story),
        ("诊疗经过", operated),
        ("出院诊断", f"1.{facts.diagnosis} 2.高血压病2级"),
        ("出院情况", "患者一般情况可，切口愈合良好。"),
        ("出院医嘱", "1.注意休息 2.一周后门诊复查"),
    ]
    for place, (label, text) in enumerate(texts):
        sheet.pair(90, bottom + 50 + 78 * place, label, text, 22)
    sheet.pair(1000, bottom + 560, random.choice(["医师签名", "住院医师"]), "林梓")
    sheet.seal(1200, bottom + 520, 95, "病案专用章")
    return {
        "交款人": facts.name,
        "住院号": facts.stay,
        "医疗机构": facts.hospital,
        "入院日期": f"{facts.admitted}",
        "出院日期": f"{facts.discharged}",
    }


def certificate(sheet: Canvas, facts: Facts) -> Truth:
    """A 诊断证明 in any layout, its text in lines."""
    random = sheet.random
    title = random.choice(["诊断证明书", "疾病诊断证明书", "医疗诊断证明书", "疾病证明书", "病情诊断证明"])
    if random.random() < 0.5:
        sheet.text(800, 60, facts.hospital, 40, anchor="mm")
        sheet.text(800, 125, title, 38, anchor="mm")
    else:
        sheet.text(800, 100, facts.hospital + title, 40, anchor="mm")
    head = [
        ("姓名", facts.name),
        ("性别", facts.sex),
        ("年龄", "45岁"),
        ("科别", "胸外科"),
        ("门诊号", "8832014"),
    ]
    head += [("工作单位", "市第二机械厂")]
    bottom = lay(sheet, head, 180, ways=["runs", "ruled", "apart"])
    label = random.choice(["诊断", "临床诊断", "诊断意见", "初步诊断", "出院诊断"])
    sheet.pair(90, bottom + 60, label, facts.diagnosis, 26)
    sheet.pair(
        90, bottom + 200, random.choice(["处理意见", "建议", "医师建议"]), "建议全休壹个月，定期复查。", 24
    )
    sheet.pair(1000, bottom + 330, random.choice(["医师", "医师签名", "主治医师"]), "郑明")
    sheet.pair(1000, bottom + 390, "日期", day(random, facts.discharged))
    sheet.seal(1150, bottom + 360, 100, "诊断证明专用章")
    return {"交款人": facts.name, "医疗机构": facts.hospital, "诊断": facts.diagnosis}


def report_of_pathology(sheet: Canvas, facts: Facts) -> Truth:
    """A 病理报告 in any layout."""
    random = sheet.random
    title = random.choice(
        ["病理检查报告单", "病理诊断报告书", "组织病理检查报告单", "病理图文报告单", "手术病理报告"]
    )
    sheet.text(800, 60, facts.hospital, 40, anchor="mm")
    sheet.text(800, 125, title, 36, anchor="mm")
    head = [
        (random.choice(["病理号", "病理编号"]), facts.pathology),
        ("姓名", facts.name),
        ("性别", facts.sex),
        ("年龄", "61岁"),
        (random.choice(["住院号", "住院号码"]), facts.stay),
        ("送检科室", "胸外科"),
        ("送检日期", f"{facts.admitted}"),
        ("标本类型", "肺组织"),
    ]
    bottom = lay(sheet, head, 165, ways=["runs", "ruled", "apart"])
    sheet.pair(
        90, bottom + 50, random.choice(["肉眼所见", "巨检", "大体所见"]), "灰白组织一块，大小3×2×1.5cm。", 22
    )
    sheet.pair(
        90,
        bottom + 130,
        random.choice(["镜下所见", "光镜所见", "镜检"]),
        "癌细胞呈腺样排列，浸润性生长。",
        22,
    )
    sheet.pair(90, bottom + 230, random.choice(["病理诊断", "诊断", "病理学诊断"]), facts.diagnosis, 26)
    sheet.pair(90, bottom + 400, "报告医师", "何文")
    sheet.pair(900, bottom + 400, "报告日期", f"{facts.discharged}")
    return {
        "交款人": facts.name,
        "医疗机构": facts.hospital,
        "诊断": facts.diagnosis,
        "病理号": facts.pathology,
        "住院号": facts.stay,
    }


def hospital_paper(sheet: Canvas, facts: Facts) -> Truth:
    """A hospital's paper that is none of the kinds: its words are theirs, its meaning is not."""
    random = sheet.random
    title, *labels = random.choice(_PAPERS).split()
    said = {
        "姓名": facts.name,
        "诊断": facts.diagnosis,
        "入院日期": f"{facts.admitted}",
        "住院号": facts.stay,
        "大写": format_capitals(facts.cash),
        "号码": facts.id_number,
        "账号": facts.card,
    }
    entries: list[Entry] = []
    for label in labels:
        shown = [value for ending, value in said.items() if label.endswith(ending)]
        value = shown[0] if shown else f"{facts.discharged}" if label.endswith("日期") else f"{facts.cash}"
        entries.append((label, value))
    sheet.text(800, 60, random.choice(["", facts.hospital]) + title, 38, anchor="mm")
    bottom = lay(sheet, entries, 150, ways=["runs", "ruled", "apart"], columns=2, size=26)
    charges(sheet, facts, bottom + 80)
    sheet.seal(1150, 600, 100, "业务专用章")
    return {}
