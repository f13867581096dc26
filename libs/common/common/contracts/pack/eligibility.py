"""Who may be covered or admitted: sex, age and its exceptions, participation, health (manual 003, D.06 and D.07)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, LocalProse, Part, Rate, broken

Sex = Literal["female", "male"]
AgeVerdict = Literal["ok", "under", "over"]
_Years = Annotated[int, Field(ge=0, le=120)]


def birthday(born: date, years: int) -> date:
    """Return the day a person completes `years`; born on 29 February, that is 1 March in other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


class AgeLimits(Part):
    """Age in years, exact to the day.

    `at_least` 16: from the 16th birthday on. `above` 16: after the 16th birthday. `below` 55: before the 55th birthday.
    """

    at_least: _Years | None = None
    above: _Years | None = None
    below: _Years | None = None

    @model_validator(mode="after")
    def _possible(self) -> "AgeLimits":
        if self.at_least is not None and self.above is not None:
            raise broken("at_least 与 above 只能写一个", "write either at_least or above")
        lower = self.at_least if self.at_least is not None else self.above
        if lower is not None and self.below is not None and lower >= self.below:
            raise broken("年龄下限必须小于上限", "the lower age must be less than the upper")
        return self

    def verdict(self, *, born: date, on: date) -> AgeVerdict:
        """Say whether a person born on `born` is within the limits on the day `on`."""
        if self.at_least is not None and on < birthday(born, self.at_least):
            return "under"
        if self.above is not None and on <= birthday(born, self.above):
            return "under"
        if self.below is not None and on >= birthday(born, self.below):
            return "over"
        return "ok"


class AgesBySex(Part):
    """Age limits of women and of men; a sex without limits has none."""

    female: AgeLimits | None = None
    male: AgeLimits | None = None


class OverAge(Part):
    """Over age, yet admitted: papers of postponed retirement and a consent; never above `absolute` (D.06).

    `absolute` is the age in years that nobody may have passed (above 65 and not formally postponed: never).
    """

    consent_role: Code
    documents: Annotated[tuple[Code, ...], Field(min_length=1)]
    absolute: _Years


class Participation(Part):
    """Group participation: `share` of all employees must join; units below `everyone_below` people join as a whole."""

    share: Rate
    everyone_below: Annotated[int, Field(ge=0, le=10_000)] = 0


class HealthDeclaration(Part):
    """A statement on health that the person confirms before cover begins."""

    version: Annotated[int, Field(ge=1)]
    text: LocalProse


class Eligibility(Part):
    """Conditions of being covered or admitted. Each refusal names its rule."""

    sexes: Annotated[tuple[Sex, ...], Field(min_length=1, max_length=2)] = ("female", "male")
    ages: AgesBySex | None = None
    over_age: OverAge | None = None
    participation: Participation | None = None
    health_declaration: HealthDeclaration | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "Eligibility":
        if len(set(self.sexes)) != len(self.sexes):
            raise broken("sexes 有重复", "sexes are repeated")
        if self.ages and any(getattr(self.ages, sex) for sex in ("female", "male") if sex not in self.sexes):
            raise broken("不能参加的性别不需要写年龄", "age limits of a sex that cannot take part")
        if self.over_age and not self._upper_limits():
            raise broken("没有年龄上限时不需要 over_age", "over_age needs an upper age limit")
        if self.over_age and any(self.over_age.absolute < limit for limit in self._upper_limits()):
            raise broken(
                "over_age.absolute 不能低于年龄上限", "over_age.absolute is below an upper age limit"
            )
        return self

    def ages_of(self, sex: Sex) -> AgeLimits:
        """Return the age limits of a sex (empty limits where there are none)."""
        return (getattr(self.ages, sex) if self.ages else None) or AgeLimits()

    def _upper_limits(self) -> list[int]:
        limits = (self.ages.female, self.ages.male) if self.ages else ()
        return [limit.below for limit in limits if limit and limit.below is not None]
