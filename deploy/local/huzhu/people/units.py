"""Invented units with valid unified social credit codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .numbers import credit_code, mobile

_DISTRICTS = ("梁溪", "锡山", "惠山", "滨湖", "新吴", "江阴", "宜兴")
_WORDS = ("太湖", "蠡园", "惠泉", "运河", "鼋头", "阳山", "梅园", "荡口", "清名", "古运", "龙寺", "雪浪")
_TRADES = (
    "精密机械",
    "纺织",
    "电子科技",
    "物流",
    "食品",
    "医疗器械",
    "公共交通",
    "环境服务",
    "软件",
    "建筑安装",
)
_FORMS = ("有限公司工会委员会", "集团工会委员会", "股份有限公司工会委员会")


@dataclass(frozen=True, slots=True)
class Unit:
    """An invented unit: full name, unified social credit code, medical-insurance code, the handler's mobile."""

    name: str
    credit_code: str
    insurance_code: str
    mobile: str


def units(count: int, *, seed: int = 0) -> Iterator[Unit]:
    """Yield invented units, no two with the same name or code."""
    random, names = Random(seed), set[str]()  # noqa: S311 - invented units, not secrets
    while len(names) < count:
        name = "无锡" + "".join(map(random.choice, (_DISTRICTS, _WORDS, _TRADES, _FORMS)))
        if name in names and len(names) >= len(_DISTRICTS) * len(_WORDS) * len(_TRADES):
            name = f"{name}第{len(names)}分会"
        if name not in names:
            names.add(name)
            yield Unit(name, credit_code(random), f"{random.randrange(10**8):08d}", mobile(random))
