"""Invented people: name, ID number, card, bank, mobile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from common import clock

from .numbers import Sex, bank_card, birth_day, id_number, mobile

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁"
    "沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛")
_GIVEN: dict[Sex, str] = {
    "female": "芳娜敏静丽艳娟秀英华慧玲燕红霞兰凤洁梅琳素云莲雪荣爱香月媛瑞佳嘉琼勤珍莉桂叶璐娅琦晶妍秋珊",
    "male": "伟强磊军洋勇杰涛明超刚平辉鹏健俊峰建国志文斌波宇浩凯亮林飞鑫海龙旭东宁晨阳毅帆晖翔栋坤彬松岩宏健豪锋",
}
_MINORITY = ("阿依古丽·买买提", "艾力·吐尔逊", "古丽娜尔·努尔", "买买提·艾山")
BANKS = (
    "无锡农村商业银行",
    "中国工商银行无锡分行",
    "中国建设银行滨湖支行",
    "江苏银行太湖新城支行",
    "中国农业银行无锡分行",
)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    sex: Sex
    born: date
    id_number: str
    social_card: str
    bank_name: str
    mobile: str


def person(random: Random, *, youngest: int = 18, oldest: int = 55, today: date | None = None) -> Person:
    """Return an invented person between the two ages (years completed, the older one not yet)."""
    sex: Sex = "female" if random.random() < 0.5 else "male"
    born = birth_day(random, youngest=youngest, oldest=oldest, today=today or clock.today())
    return Person(
        name=_name(random, sex),
        sex=sex,
        born=born,
        id_number=id_number(random, born=born, sex=sex),
        social_card=bank_card(random),
        bank_name=random.choice(BANKS),
        mobile=mobile(random),
    )


def people(
    count: int, *, seed: int = 0, youngest: int = 18, oldest: int = 55, today: date | None = None
) -> Iterator[Person]:
    """Yield invented people, no two with the same ID number."""
    random, seen = Random(seed), set[str]()  # noqa: S311 - invented people, not secrets
    while len(seen) < count:
        somebody = person(random, youngest=youngest, oldest=oldest, today=today)
        if somebody.id_number not in seen:
            seen.add(somebody.id_number)
            yield somebody


def _name(random: Random, sex: Sex) -> str:
    chance = random.random()
    if chance < 0.005:
        return random.choice(_MINORITY)
    surname = random.choice(_COMPOUND) if chance < 0.02 else random.choice(_SURNAMES)
    return surname + "".join(random.choices(_GIVEN[sex], k=random.choice((1, 2, 2))))
