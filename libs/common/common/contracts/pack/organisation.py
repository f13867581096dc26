"""The union's tree: its levels from the union itself down to the unit, and the branches between."""

from typing import Annotated

from pydantic import Field

from .base import Code, Digits, LocalText, Part


class Level(Part):
    """A level of the tree, e.g. union 总工会, district 区局, agency 代办处, unit 基层单位."""

    code: Code
    title: LocalText


class Branch(Part):
    """A district bureau 区局, office 办事处 or agency 代办处 between the union and its units."""

    code: Code
    name: LocalText
    level: Code
    parent: Code | None = Field(
        default=None, description="A branch of a higher level; without it, the union itself."
    )
    region: Annotated[Digits, Field(min_length=6, max_length=6)] | None = Field(
        default=None, description="Administrative division code (GB/T 2260)."
    )


class Organisation(Part):
    """Levels from top (the union itself) to bottom (the unit, which belongs to people), and the branches."""

    levels: Annotated[tuple[Level, ...], Field(min_length=2, max_length=6)]
    branches: tuple[Branch, ...] = ()

    @property
    def unit_level(self) -> Level:
        """The lowest level: the employers whose people are covered."""
        return self.levels[-1]

    def branch(self, code: str) -> Branch:
        """Return the branch with this code; KeyError if the union has none."""
        return next((b for b in self.branches if b.code == code), None) or _missing(code)


def _missing(code: str) -> Branch:
    raise KeyError(code)
