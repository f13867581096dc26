"""Refusals around names to be linked."""

from common.errors import Conflict, DomainError
from common.text import Text


class NameDecided(Conflict):
    """Somebody has decided it."""

    code = "synced_name.decided"
    text = Text("该条目已处理，请刷新列表。", "This entry has been decided. Refresh the list.")


class UnitNeeded(DomainError):
    """A unit's name is linked to a unit."""

    code = "synced_name.unit_needed"
    text = Text("请选择要关联的单位。", "Choose the unit that is meant.")
