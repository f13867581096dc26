"""Use cases of products: what a union offers."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, audiences_of
from common.clock import today
from common.contracts.pack import Benefit, Product, TenantPack
from common.contracts.pack.content import Article
from common.contracts.pack.products import PaymentPaper
from common.errors import NotFound
from common.tenancy import current_pack

from ..orders.service import offered
from ..payments.papers import papers_of
from .schemas import (
    AgeRead,
    BenefitRead,
    EligibilityRead,
    NamedIllnessRead,
    PaperRead,
    ProductList,
    ProductRead,
    QuestionRead,
)


async def list_products(
    session: AsyncSession, *, reader: Actor | None, kind: str | None = None
) -> ProductList:
    """Return the products of the session's tenant as the pack in force has them; of one kind if that is given.

    Each with the questions that are written for the reader; somebody of another union reads what is for everybody.
    """
    pack = await current_pack(session)
    wanted = [product for product in pack.products if kind in (None, product.kind)]
    ours = reader if reader and reader.tenant_id == session.info["tenant_id"] else None
    items = [_read(pack, product, audiences_of(ours)) for product in wanted]
    return ProductList(pack_version=pack.version, items=items)


async def find_product(session: AsyncSession, *, code: str) -> Product:
    """Return a product of the pack in force; NotFound if it has none of this code."""
    pack = await current_pack(session)
    for product in pack.products:
        if product.code == code:
            return product
    raise NotFound


def _read(pack: TenantPack, product: Product, audiences: tuple[str, ...]) -> ProductRead:
    article = pack.article(product.introduction) if product.introduction else None
    terms = pack.article(product.terms) if product.terms else None
    return ProductRead(
        code=product.code,
        title=product.title.zh,
        title_en=product.title.en,
        kind=product.kind,
        ordered_by=list(product.ordered_by),
        offered=offered(product, today()),
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
        terms=terms.body.zh if terms else None,
        terms_en=terms.body.en if terms else None,
        questions=[_question(article) for article in questions_of(pack, product, audiences)],
        eligibility=_eligibility(product),
        refund_rule=product.refund.rule,
        amendment=product.amendment.charge if product.amendment else None,
        benefits=[_benefit(pack, pack.benefit(code)) for code in product.benefits],
        papers=[_paper(paper) for paper in papers_of(product)],
    )


def questions_of(pack: TenantPack, product: Product, audiences: tuple[str, ...]) -> list[Article]:
    """Return a product's frequent questions for these readers: those it names, and those that name it."""
    named = [pack.article(code) for code in product.questions]
    own = [a for a in pack.content if a.kind == "faq" and a.product == product.code]
    found = [*named, *(article for article in own if article.code not in product.questions)]
    return [article for article in found if set(article.audience) & set(audiences)]


def _paper(paper: PaymentPaper) -> PaperRead:
    title, formats = paper.title, list(paper.formats)
    return PaperRead(
        code=paper.code, title=title.zh, title_en=title.en, formats=formats, required=paper.required
    )


def _question(article: Article) -> QuestionRead:
    return QuestionRead(
        code=article.code,
        title=article.title.zh,
        title_en=article.title.en,
        body=article.body.zh,
        body_en=article.body.en,
    )


def _benefit(pack: TenantPack, benefit: Benefit) -> BenefitRead:
    return BenefitRead(
        code=benefit.code,
        title=benefit.title.zh,
        title_en=benefit.title.en,
        per_share=benefit.per_share,
        illnesses=_illnesses(pack, benefit),
    )


def _illnesses(pack: TenantPack, benefit: Benefit) -> list[NamedIllnessRead]:
    formula = benefit.formula
    if formula.kind != "fixed_by" or formula.by != "illness":
        return []
    known = {illness.code: illness for illness in pack.illnesses}
    return [
        NamedIllnessRead(
            code=choice.code,
            title=known[choice.code].title.zh,
            title_en=known[choice.code].title.en,
            severity=known[choice.code].severity,
            amount=choice.amount,
        )
        for choice in formula.amounts
    ]


def _eligibility(product: Product) -> EligibilityRead:
    rules = product.eligibility
    by_sex = [(sex, rules.ages_of(sex)) for sex in rules.sexes]
    ages = [AgeRead(sex=sex, at_least=a.at_least, above=a.above, below=a.below) for sex, a in by_sex]
    health, part = rules.health_declaration, rules.participation
    return EligibilityRead(
        sexes=list(rules.sexes),
        ages=ages,
        over_age_until=rules.over_age.absolute if rules.over_age else None,
        over_age_papers=list(rules.over_age.documents) if rules.over_age else [],
        participation_share=str(part.share) if part else None,
        everybody_below=part.everyone_below if part else None,
        health_declaration_version=health.version if health else None,
        health_declaration=health.text.zh if health else None,
        health_declaration_en=health.text.en if health else None,
    )
