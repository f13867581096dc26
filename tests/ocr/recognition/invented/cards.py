"""Cards as they are held before a lens: identity cards of both sides, bank cards, social security cards; patterned."""

from datetime import timedelta

import numpy as np
from PIL import Image

from .canvas import RED, Canvas
from .facts import Facts
from .receipts import Truth

_BLUE = (60, 110, 170)
_ETHNIC = ["汉", "汉", "汉", "回", "维吾尔", "土家", "蒙古", "满"]
_ADDRESSES = [
    ("江苏省无锡市梁溪区人民中", "路128号锦绣花园12幢3单", "元501室"),
    ("北京市海淀区西三旗街道育", "新花园6号楼2门301"),
    ("浙江省杭州市余杭区良渚街道", "古墩路1899号"),
    ("河南省平舆县庙湾镇后刘村", "委大刘庄31号"),
    ("新疆伊宁市解放西路2号",),
]


def _pattern(sheet: Canvas, strength: int) -> None:
    """Fine waves, as cards are printed."""
    pixels = np.asarray(sheet.image).astype(np.int16)
    height, width = pixels.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    period = sheet.random.uniform(6, 14)
    waves = strength * np.sin(2 * np.pi * (y + 12 * np.sin(x / 60)) / period)
    tint = np.array([sheet.random.uniform(0.2, 1) for _ in range(3)])
    sheet.image = Image.fromarray(np.clip(pixels + waves[..., None] * tint, 0, 255).astype(np.uint8))


def identity(sheet: Canvas, facts: Facts) -> Truth:
    """居民身份证, the side with the number; the address in one to three lines."""
    random = sheet.random
    _pattern(sheet, random.randrange(3, 14))
    ethnic, address = random.choice(_ETHNIC), random.choice(_ADDRESSES)
    name = " ".join(facts.name) if random.random() < 0.3 else facts.name
    for y, label, value in (
        (90, random.choice(["姓名", "姓 名"]), name),
        (185, random.choice(["性别", "性 别"]), facts.sex),
        (
            280,
            random.choice(["出生", "出 生"]),
            f"{facts.birth.year} 年 {facts.birth.month} 月 {facts.birth.day} 日",
        ),
    ):
        right = sheet.text(80, y, label, 30, _BLUE)
        sheet.value(right + 24, y, value, 36)
    right = sheet.text(400, 185, random.choice(["民族", "民 族"]), 30, _BLUE)
    sheet.value(right + 20, 185, ethnic, 36)
    right = sheet.text(80, 375, random.choice(["住址", "住 址"]), 30, _BLUE)
    for row, part in enumerate(address):
        sheet.value(right + 24, 375 + 50 * row, part, 34)
    right = sheet.text(80, 640, "公民身份号码", 30, _BLUE)
    sheet.value(right + 30, 640, facts.id_number, 46)
    sheet.image.paste((150, 160, 170), (850, 90, 1130, 500))
    return {
        "姓名": facts.name,
        "性别": facts.sex,
        "民族": ethnic,
        "出生": f"{facts.birth}",
        "住址": "".join(address),
        "公民身份号码": facts.id_number,
    }


def identity_back(sheet: Canvas, facts: Facts) -> Truth:
    """居民身份证, the side with the emblem."""
    random = sheet.random
    _pattern(sheet, random.randrange(3, 14))
    sheet.image.paste((190, 40, 40), (80, 70, 270, 280))
    sheet.text(680, 130, random.choice(["中华人民共和国", "中 华 人 民 共 和 国"]), 56, (40, 40, 40), "mm")
    sheet.text(680, 240, random.choice(["居 民 身 份 证", "居民身份证"]), 70, (40, 40, 40), "mm")
    first, last = facts.birth + timedelta(12_000), facts.birth + timedelta(12_000 + 7305)
    for y, label, value in (
        (540, "签发机关", "无锡市公安局梁溪分局"),
        (640, "有效期限", f"{first:%Y.%m.%d}-{last:%Y.%m.%d}"),
    ):
        right = sheet.text(250, y, label, 34, (40, 40, 40))
        sheet.value(right + 30, y, value, 36)
    return {}


def bank(sheet: Canvas, facts: Facts) -> Truth:
    """A debit card, dark or light, its number in groups or not, its bank's name perhaps in letters only."""
    random = sheet.random
    ground = random.choice([(30, 60, 120), (150, 30, 40), (230, 225, 210), (40, 120, 90)])
    sheet.image.paste(ground, (0, 0, *sheet.image.size))
    _pattern(sheet, random.randrange(3, 10))
    ink = (40, 40, 40) if sum(ground) > 500 else (240, 240, 235)
    names = [
        "中国建设银行 China Construction Bank",
        "招商银行",
        "ICBC 中国工商银行",
        "交通银行",
        "江南农村商业银行",
    ]
    sheet.text(80, 90, random.choice(names), 42, ink)
    if random.random() < 0.6:
        sheet.text(850, 110, random.choice(["借记卡", "DEBIT CARD", "储蓄卡"]), 30, ink)
    size = random.choice([(4, 4, 4, 4, 3), (6, 13), (19,)])
    groups, at = [], 0
    for length in size:
        groups.append(facts.card[at : at + length])
        at += length
    sheet.text(100, 430, " ".join(groups), 56, ink)
    if random.random() < 0.5:
        sheet.text(500, 520, "MONTH/YEAR 有效期至 08/31", 24, ink)
    sheet.text(900, 640, random.choice(["银联 UnionPay", "UnionPay 银联", "UnionPay"]), 32, ink)
    return {"卡号": facts.card}


def social(sheet: Canvas, facts: Facts) -> Truth:
    """社会保障卡 of the generations: with a bank or not, with a card number of 9 characters or of a bank."""
    random = sheet.random
    _pattern(sheet, random.randrange(3, 12))
    title = random.choice(["中华人民共和国社会保障卡", "社会保障卡", "中华人民共和国 社会保障卡"])
    sheet.text(600, 80, title, 44, random.choice([RED, (40, 40, 40)]), "mm")
    size = random.choice([30, 34])
    sheet.pair(420, 230, random.choice(["姓名", "姓 名"]), facts.name, size)
    sheet.pair(420, 330, random.choice(["社会保障号码", "社会保障号"]), facts.id_number, size)
    number = f"{random.choice('ABDEFG')}{random.randrange(10**8):08d}"
    sheet.pair(420, 430, random.choice(["卡号", "社会保障卡号"]), number, size)
    sheet.pair(
        420, 530, random.choice(["发卡日期", "发证日期"]), f"{facts.birth + timedelta(14_000):%Y年%m月}", size
    )
    sheet.image.paste((150, 160, 170), (80, 180, 360, 560))
    if random.random() < 0.5:
        sheet.text(100, 680, random.choice(["中国银行", "江苏银行 BANK OF JIANGSU"]), 32)
    return {"姓名": facts.name, "社会保障号码": facts.id_number}
