"""Refusals around names to be linked."""

from common.errors import Conflict, DomainError
from common.text import Text


class NameDecided(Conflict):
    """Somebody has decided it."""

    code = "synced_name.decided"
    text = Text("该条目已处理，请刷新列表。", "This entry has been decided. Refresh the list.")


class PersonNeeded(DomainError):
    """The number is nobody's: the member who is meant has to be named."""

    code = "synced_name.person_needed"
    text = Text(
        "登记册中没有此证件号码，请先查询并选择对应的会员。",
        "Nobody in the register has this number. Look the member up and choose who is meant.",
    )


class UnitNeeded(DomainError):
    """A unit's name is linked to a unit."""

    code = "synced_name.unit_needed"
    text = Text("请选择要关联的单位。", "Choose the unit that is meant.")
