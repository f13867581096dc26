"""Pure rules of who may join: each condition that does not hold is named, so that a member knows why."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from common.text import Text

Sex = Literal["female", "male"]
Path = Annotated[str, StringConstraints(pattern=r"^/(?:[a-z0-9][a-z0-9_-]*/)*$", max_length=400)]
Product = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$", max_length=40)]
Age = Annotated[int, Field(ge=0, le=120)]


class Audience(BaseModel):
    """Who may join (参与条件). Conditions that are left out do not restrict; all that are there must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    members_only: bool = Field(False, description="仅限已确认的工会会员")
    branches: tuple[Path, ...] = Field(
        (), max_length=200, description="所在机构路径，如 /chaoyang/：该机构及其下级单位的职工"
    )
    units: tuple[UUID, ...] = Field((), max_length=500, description="指定单位")
    age_from: Age | None = Field(None, description="最小周岁（含）")
    age_to: Age | None = Field(None, description="最大周岁（含）")
    sex: Sex | None = Field(None, description="female 限女职工，male 限男职工")
    covered_by: tuple[Product, ...] = Field(
        (), max_length=50, description="保障中的产品代码，有其中任意一个即可"
    )

    @model_validator(mode="after")
    def _ages_in_order(self) -> "Audience":
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            raise PydanticCustomError(
                "refused",
                "{en}",
                {"zh": "最大周岁不能小于最小周岁。", "en": "The highest age is below the lowest."},
            )
        return self

    @property
    def open_to_all(self) -> bool:
        """Whether nothing restricts."""
        return self == Audience()


@dataclass(frozen=True)
class Facts:
    """What is known of a person on a day; None where it is not known."""

    known: bool = False
    member: bool = False
    born: date | None = None
    sex: str | None = None
    unit_id: UUID | None = None
    org_path: str | None = None
    covered_by: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Refusal:
    """A condition that does not hold."""

    code: str
    text: Text

    def as_error(self) -> dict[str, str]:
        """Return the entry of a problem's `errors`."""
        return {"field": "", "code": self.code, "message": self.text.in_language()}


def age_on(day: date, born: date) -> int:
    """Return full years 周岁: one more from each birthday on; who was born on 29 February has it on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def refusals(audience: Audience, facts: Facts, *, on: date) -> list[Refusal]:
    """Return every condition that does not hold on a day; none means that the person may join."""
    if audience.open_to_all:
        return []
    if not facts.known:
        return [
            Refusal(
                "audience.person_unknown",
                Text(
                    "您的会员资料还在同步，请稍后再试；如一直如此请联系工会。",
                    "Your record is still on its way. Try again later; if it stays so, ask your union.",
                ),
            )
        ]
    return [
        *_membership(audience, facts),
        *_place(audience, facts),
        *_age(audience, facts, on),
        *_sex(audience, facts),
        *_cover(audience, facts),
    ]


def _membership(audience: Audience, facts: Facts) -> Iterator[Refusal]:
    if audience.members_only and not facts.member:
        text = Text("仅限已入会的工会会员参加。", "Only confirmed members of the union can join.")
        yield Refusal("audience.not_a_member", text)


def _place(audience: Audience, facts: Facts) -> Iterator[Refusal]:
    if not audience.branches and not audience.units:
        return
    below = facts.org_path is not None and any(facts.org_path.startswith(p) for p in audience.branches)
    if not below and (facts.unit_id is None or facts.unit_id not in audience.units):
        text = Text("您所在的单位不在活动范围内。", "Your unit is not among those this is for.")
        yield Refusal("audience.other_unit", text)


def _age(audience: Audience, facts: Facts, on: date) -> Iterator[Refusal]:
    if audience.age_from is None and audience.age_to is None:
        return
    if facts.born is None:
        text = Text(
            "您的档案中没有出生日期，请联系工会补充。",
            "Your record has no birth date. Ask your union to add it.",
        )
        yield Refusal("audience.age_unknown", text)
        return
    age = age_on(on, facts.born)
    if audience.age_from is not None and age < audience.age_from:
        text = Text("须年满 {age} 周岁。", "It is for people of {age} and older.")
        yield Refusal("audience.too_young", text.format(age=audience.age_from))
    if audience.age_to is not None and age > audience.age_to:
        text = Text("限 {age} 周岁及以下。", "It is for people of at most {age}.")
        yield Refusal("audience.too_old", text.format(age=audience.age_to))


def _sex(audience: Audience, facts: Facts) -> Iterator[Refusal]:
    if audience.sex is None or facts.sex == audience.sex:
        return
    if facts.sex is None:
        text = Text(
            "您的档案中没有性别，请联系工会补充。", "Your record has no sex. Ask your union to add it."
        )
        yield Refusal("audience.sex_unknown", text)
        return
    text = (
        Text("仅限女职工参加。", "It is for women.")
        if audience.sex == "female"
        else Text("仅限男职工参加。", "It is for men.")
    )
    yield Refusal("audience.other_sex", text)


def _cover(audience: Audience, facts: Facts) -> Iterator[Refusal]:
    if audience.covered_by and not facts.covered_by.intersection(audience.covered_by):
        text = Text(
            "须在互助保障期内，您目前没有活动要求的保障。",
            "It is for people with the cover it names in force; you have none of it today.",
        )
        yield Refusal("audience.not_covered", text)
