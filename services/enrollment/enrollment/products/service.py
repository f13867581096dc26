"""Use cases of products: what a union offers."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.pack import Product, TenantPack
from common.errors import NotFound
from common.tenancy import current_pack

from ..orders.service import offered_to_units
from .schemas import ProductList, ProductRead


async def list_products(session: AsyncSession) -> ProductList:
    """Return the products of the session's tenant as the pack in force has them."""
    pack = await current_pack(session)
    return ProductList(pack_version=pack.version, items=[_read(pack, product) for product in pack.products])


async def find_product(session: AsyncSession, *, code: str) -> Product:
    """Return a product of the pack in force; NotFound if it has none of this code."""
    pack = await current_pack(session)
    for product in pack.products:
        if product.code == code:
            return product
    raise NotFound


def _read(pack: TenantPack, product: Product) -> ProductRead:
    article = pack.article(product.introduction) if product.introduction else None
    return ProductRead(
        code=product.code,
        title=product.title.zh,
        title_en=product.title.en,
        kind=product.kind,
        ordered_by=list(product.ordered_by),
        offered=offered_to_units(product, today()),
        offered_from=product.offered_from,
        offered_until=product.offered_until,
        term_months=product.term_months,
        price_per_share=product.contribution.per_share,
        share_limit=product.contribution.share_limit,
        payer=product.contribution.payer,
        waiting_days=product.waiting_days,
        start_rule=product.effective.rule,
        roster_template=product.roster is not None,
        introduction=article.body.zh if article else None,
        introduction_en=article.body.en if article else None,
    )
