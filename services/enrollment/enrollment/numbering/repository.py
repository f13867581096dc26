"""SQL of number series."""

from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository
from common.ids import new_id

from .models import NumberSeries


class NumberRepository(TenantRepository):
    """Number series of one tenant."""

    async def take(self, series: str) -> int:
        """Return the next number of a series, beginning with 1.

        The series stays locked until the transaction ends: what is rolled back leaves no gap.
        """
        values = {
            "tenant_id": self.tenant_id,
            "id": new_id(),
            "created_at": now(),
            "series": series,
            "last": 1,
        }
        statement = insert(NumberSeries).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "series"], set_={"last": NumberSeries.last + 1}
        )
        return int((await self.session.execute(statement.returning(NumberSeries.last))).scalar_one())
