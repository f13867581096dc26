"""The rules for one kind of claim, taken out of a tenant pack."""

from dataclasses import dataclass

from common.contracts.pack import Benefit, Cap, Rounding, TenantPack
from common.contracts.pack.benefits import Choice, FixedBy


@dataclass(frozen=True, slots=True)
class BenefitRules:
    """The rules for one kind of claim under one product (or under membership, then `product` is empty).

    `caps` bind all benefits of the product together. Benefits are calculated in this order, which matters where
    several are limited to one cost. An amount in `caps` is for the whole cover, not for each share.
    """

    product: str
    benefits: tuple[Benefit, ...]
    rounding: Rounding
    waiting_days: int = 0
    caps: tuple[Cap, ...] = ()

    @classmethod
    def of(cls, pack: TenantPack, *, kind: str, product: str | None) -> "BenefitRules":
        """Return the rules of a claim kind for a product of the pack (None: membership); KeyError if not there."""
        claim_kind = pack.claim_kind(kind)
        titles = {illness.code: illness.title for illness in pack.illnesses}

        def named(benefit: Benefit) -> Benefit:
            formula = benefit.formula
            if not isinstance(formula, FixedBy) or formula.by != "illness":
                return benefit
            choices: list[Choice] = [
                choice.model_copy(update={"title": choice.title or titles.get(choice.code)})
                for choice in formula.amounts
            ]
            return benefit.model_copy(
                update={"formula": formula.model_copy(update={"amounts": tuple(choices)})}
            )

        if product is None:
            benefits = tuple(named(pack.benefit(code)) for code in claim_kind.benefits)
            return cls(product="", benefits=benefits, rounding=pack.rounding)
        chosen = pack.product(product)
        benefits = tuple(named(pack.benefit(code)) for code in chosen.benefits if code in claim_kind.benefits)
        return cls(chosen.code, benefits, pack.rounding, chosen.waiting_days, chosen.caps)
