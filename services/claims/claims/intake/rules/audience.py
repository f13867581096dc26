"""For whom a kind of application is."""

from collections.abc import Sequence

from common.contracts.pack import Product

BOTH = ("female", "male")


def sexes_of(products: Sequence[Product]) -> list[str]:
    """Return the sexes that can have cover of one of the products; both where there are none."""
    return [sex for sex in BOTH if not products or any(sex in one.eligibility.sexes for one in products)]
