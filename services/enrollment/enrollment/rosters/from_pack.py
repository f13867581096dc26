"""From a product of a tenant pack to the rules of its roster."""

from datetime import date

from common.contracts.pack import AgeLimits, Product, TenantPack
from common.contracts.pack.base import LocalText
from common.contracts.pack.rosters import Roster
from common.contracts.pack.rosters import RosterColumn as Column

from .requirements import AgeBounds, RosterColumn, RosterRules, Sex

_SEXES: tuple[Sex, ...] = ("female", "male")


def rules_of(
    pack: TenantPack, product: Product, *, counted_on: date | None = None, unit: str | None = None
) -> RosterRules | None:
    """Return the rules of a product's roster, or None where the product takes no rosters.

    `counted_on`: the day on which age counts, mostly the day cover begins (None: today); `unit`: who orders.
    """
    roster, eligibility = product.roster or _without_file(product), product.eligibility
    if roster is None:
        return None
    card = roster.column("social_card")
    return RosterRules(
        title=roster.title.zh,
        columns=tuple(
            RosterColumn(c.field, c.title.zh, (*c.aliases, c.title.en), c.hint or "", c.required)
            for c in roster.columns
        ),
        header_row=roster.header_row,
        numbered=roster.numbered,
        card_luhn=card is not None and "luhn" in card.rules,
        sexes=eligibility.sexes,
        ages={sex: _bounds(eligibility.ages_of(sex)) for sex in _SEXES},
        never_above=eligibility.over_age.absolute if eligibility.over_age else None,
        counted_on=counted_on,
        share_limit=product.contribution.share_limit,
        price=product.contribution.per_share,
        member_required=pack.registration.people != "created_by_roster",
        unit=unit,
        examples=tuple({str(key): value for key, value in example.items()} for example in roster.examples),
    )


def age_rules(product: Product, *, on: date) -> RosterRules:
    """Return what a product says of sex and age alone, on a day; also of a product that takes no rosters."""
    eligibility = product.eligibility
    return RosterRules(
        title="",
        columns=(),
        sexes=eligibility.sexes,
        ages={sex: _bounds(eligibility.ages_of(sex)) for sex in _SEXES},
        never_above=eligibility.over_age.absolute if eligibility.over_age else None,
        counted_on=on,
    )


def _without_file(product: Product) -> Roster | None:
    """What the union puts people of a unit on its own products by: name and number are enough."""
    if "union" not in product.ordered_by:
        return None
    columns = (
        Column(field="name", title=LocalText(zh="姓名", en="Name")),
        Column(field="id_number", title=LocalText(zh="身份证号", en="ID number")),
    )
    return Roster(title=product.title, columns=columns)


def _bounds(limits: AgeLimits) -> AgeBounds:
    return AgeBounds(limits.at_least, limits.above, limits.below)
