"""How far a series of numbers has come."""

from sqlalchemy.orm import Mapped

from common.db import TenantRow

from ..tables import Base


class NumberSeries(TenantRow, Base):
    """A series, e.g. "receipt:2026": `last` is the newest number taken, 0 before the first."""

    __tablename__ = "number_series"
    series: Mapped[str]
    last: Mapped[int]
