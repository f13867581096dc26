"""What an invented paper says: people, amounts, dates and numbers that fit together, drawn by a seeded generator."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from common.identifiers import id_check_digit, luhn_digit

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉萍红玲建国志斌宇浩凯文博晨曦"
PLACES = [
    "苏州",
    "无锡",
    "宁波",
    "合肥",
    "石家庄",
    "太原",
    "西安",
    "兰州",
    "昆明",
    "贵阳",
    "南宁",
    "海口",
    "长沙",
    "郑州",
    "济南",
    "沈阳",
    "长春",
    "大连",
]
HOSPITALS = [
    "第一人民医院",
    "中医院",
    "妇幼保健院",
    "肿瘤医院",
    "中心医院",
    "第二医院",
    "口腔医院",
    "眼科医院",
]
CHARGES = ["床位费", "诊察费", "检查费", "化验费", "治疗费", "手术费", "护理费", "西药费", "卫生材料费"]
PROVINCES = {
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "37": "山东省",
    "41": "河南省",
    "44": "广东省",
    "31": "上海市",
    "50": "重庆市",
}


@dataclass(frozen=True)
class Facts:
    """The facts that the papers of one stay share."""

    name: str
    sex: str
    birth: date
    region: str
    hospital: str
    admitted: date
    discharged: date
    pooled: Decimal
    other: Decimal
    account: Decimal
    cash: Decimal
    own_share: Decimal
    code: str
    number: str
    check: str
    stay: str
    id_number: str
    card: str
    diagnosis: str
    pathology: str
    items: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """Of all payers, and of the listed charges."""
        return self.pooled + self.other + self.account + self.cash

    @property
    def days(self) -> int:
        """Nights."""
        return (self.discharged - self.admitted).days


def money(random: Random, most: int) -> Decimal:
    """An amount with cents."""
    return Decimal(random.randrange(100, most * 100)).scaleb(-2)


def facts(random: Random) -> Facts:
    """Facts that fit together; the same generator state gives the same."""
    male, birth = random.random() < 0.5, date(1950, 1, 1) + timedelta(random.randrange(18_000))
    region, place = random.choice(list(PROVINCES)), random.choice(PLACES)
    admitted = date(2022, 1, 1) + timedelta(random.randrange(1500))
    discharged = admitted + timedelta(random.randrange(2, 30))
    pooled, account, cash = money(random, 20_000), money(random, 1500), money(random, 6000)
    other = random.choice([Decimal("0.00"), money(random, 900)])
    total = pooled + other + account + cash
    head = f"{region}0102{birth:%Y%m%d}{random.randrange(0, 500) * 2 + male:03d}"
    digits = f"62284{random.randrange(10**13):013d}"
    return Facts(
        name=random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice([1, 2, 2]))),
        sex="男" if male else "女",
        birth=birth,
        region=region,
        hospital=f"{place}市{random.choice(HOSPITALS)}",
        admitted=admitted,
        discharged=discharged,
        pooled=pooled,
        other=other,
        account=account,
        cash=cash,
        own_share=min(money(random, 1500), account + cash - Decimal("0.01")),
        code=f"{region}06{random.choice(['01', '02'])}{discharged:%y}",
        number=f"{random.randrange(10**10):010d}",
        check="".join(random.choices("0123456789abcdef", k=6)),
        stay=random.choice([f"{random.randrange(10**6, 10**8)}", f"ZY{random.randrange(10**7):07d}"]),
        id_number=head + id_check_digit(head),
        card=digits + luhn_digit(digits),
        diagnosis=random.choice(
            ["左肺上叶恶性肿瘤", "急性阑尾炎", "冠状动脉粥样硬化性心脏病", "乳腺浸润性癌"]
        ),
        pathology=random.choice([f"{random.randrange(10**5, 10**6)}", f"B{random.randrange(10**6):06d}"]),
        items=_items(random, total),
    )


def _items(random: Random, total: Decimal) -> tuple[tuple[str, Decimal], ...]:
    names = random.sample(CHARGES, 5)
    rest, items = total, []
    for name in names[:-1]:
        share = (rest * Decimal(random.randrange(5, 45)) / 100).quantize(Decimal("0.01"))
        items.append((name, share))
        rest -= share
    return (*items, (names[-1], rest))
