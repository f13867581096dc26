"""Pure rules of the catalogue: which items a person may use (row A.02)."""

from collections.abc import Collection, Sequence
from datetime import date

from common.contracts.pack import Product, TenantPack
from common.contracts.pack.content import CatalogueItem

NEEDED = {
    "product": "enrollment.application.write",
    "claim": "claims.claim.submit",
    "dues": "enrollment.dues.pay",
    "activities": "activities.campaign.join",
    "enrolment": "enrollment.order.write",
}
"""What opening an item takes; the others take a sign-in at most."""


def usable(
    item: CatalogueItem,
    pack: TenantPack,
    *,
    audiences: Collection[str],
    permissions: Collection[str],
    sex: str | None,
    today: date,
) -> bool:
    """Whether a signed-in person may use an item: it is for their kind, they have the permission, the product is
    offered today, and it is not for the other sex only. A sex that is not known hides nothing.
    """
    if not set(item.audience) & set(audiences):
        return False
    if item.opens in NEEDED and NEEDED[item.opens] not in permissions:
        return False
    if item.opens == "product":
        return any(_open_to(product, sex, today) for product in pack.products if product.code == item.target)
    if item.opens == "claim":
        return _claimable(item, pack, sex)
    return True


def needs_sign_in(item: CatalogueItem) -> bool:
    """Whether a visitor is asked to sign in before the item opens."""
    return "public" not in item.audience


def found(item: CatalogueItem, *, department: str | None, words: str | None) -> bool:
    """Whether an item is of a department and its name contains what is looked for, in either language."""
    if department is not None and department not in (item.department.zh, item.department.en):
        return False
    wanted = (words or "").strip().lower()
    return wanted in item.title.zh.lower() or wanted in item.title.en.lower()


def departments(items: Sequence[CatalogueItem]) -> list[tuple[str, str]]:
    """Return the departments in both languages, each once, in the pack's order."""
    return list(dict.fromkeys((item.department.zh, item.department.en) for item in items))


def _open_to(product: Product, sex: str | None, today: date) -> bool:
    offered = (product.offered_from or today) <= today <= (product.offered_until or today)
    return offered and (sex is None or sex in product.eligibility.sexes)


def _claimable(item: CatalogueItem, pack: TenantPack, sex: str | None) -> bool:
    kind = next((kind for kind in pack.claims if kind.code == item.target), None)
    if kind is None:
        return False
    products = [product for product in pack.products if product.code in kind.products]
    return sex is None or not products or any(sex in product.eligibility.sexes for product in products)
