"""What can be refused about renewals."""

from common.errors import DomainError
from common.text import Text


class UnitNeeded(DomainError):
    """An export in the layout of a roster is for one unit."""

    code = "renewal.unit_needed"
    text = Text("续保名单按单位导出，请选择一个单位。", "The list is exported unit by unit: choose a unit.")


class NothingToRenew(DomainError):
    """Nobody stands on the list."""

    status = 404
    code = "renewal.nobody"
    text = Text(
        "{month} 没有需要续保的人员，或已全部续保。", "Nobody is to be renewed in {month}, or all have been."
    )
