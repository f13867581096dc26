"""What a check of people needs to know of the order they are for."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.pack import Product
from common.sheets import Limits
from common.tenancy import pack_of_version

from ..orders.models import Order
from ..orders.rules import first_day
from ..policies.rules import covered_until_blocks
from ..rosters import RosterRules, rules_of
from .errors import AmountNotOfShares, RosterNotUsed, SharesExceeded


@dataclass(frozen=True)
class CheckContext:
    """Rules of the rows, limits of the file, and until when running cover may last without being in the way."""

    product: Product
    rules: RosterRules
    blocks: date
    max_rows: int
    max_bytes: int
    staged: bool = False
    """Whether a second person accepts the rows of a file before they are on the order."""

    @property
    def limits(self) -> Limits:
        """Limits of a workbook."""
        return Limits(file_bytes=self.max_bytes, rows=self.max_rows)


def expected_start(order: Order, product: Product) -> date:
    """Return the day on which cover would begin if the order were paid today; cover carried over has begun already."""
    if order.kind == "carried" and order.effective_on is not None:
        return order.effective_on
    if order.effective_on is not None:
        return max(order.effective_on, today())
    return first_day(product.effective, confirmed_on=today(), requested=order.requested_start)


async def check_context(
    session: AsyncSession, order: Order, *, most_bytes: int, amount: Decimal | None = None
) -> CheckContext:
    """Return the context of an order's checks; RosterNotUsed where its product has no roster.

    `amount`: yuan for everybody instead of what the sheet says (manual 003: one amount for all); AmountNotOfShares.
    """
    pack = await pack_of_version(session, order.pack_version)
    product = pack.product(order.product_code)
    starts_on = expected_start(order, product)
    rules = rules_of(pack, product, counted_on=starts_on, unit=str(order.unit_id))
    if rules is None:
        raise RosterNotUsed
    whole = order.kind == "enrolment"
    if amount is not None:
        rules = replace(rules, shares_for_all=shares_of(product, amount))
    uploads = pack.registration.uploads
    return CheckContext(
        product=product,
        rules=rules,
        blocks=covered_until_blocks(starts_on=starts_on, product=product) if whole else starts_on,
        max_rows=uploads.roster_max_rows,
        max_bytes=min(uploads.roster_max_bytes, most_bytes),
        staged=product.roster is not None and product.roster.acceptance == "second_person",
    )


def shares_of(product: Product, amount: Decimal) -> int:
    """Return how many shares an amount in yuan pays for; AmountNotOfShares, SharesExceeded."""
    price, limit = product.contribution.per_share, product.contribution.share_limit
    if not price or amount <= 0 or amount % price:
        raise AmountNotOfShares(price=f"{price:.2f}")
    if amount / price > limit:
        raise SharesExceeded(limit=limit, price=f"{price:.2f}")
    return int(amount / price)
