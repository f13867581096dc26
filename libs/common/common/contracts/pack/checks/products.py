"""Products: their fund, benefits, consent role and introduction exist; benefits name listed illnesses."""

from collections.abc import Iterator

from ..benefits import FixedBy
from ..faults import Problem
from ..shape import View
from .references import unknown, wrong


def check_products(view: View) -> Iterator[Problem]:
    """Yield the faults of products and benefits."""
    for number, product in view.listed("products").items():
        place = ("products", number)
        yield from unknown((*place, "fund"), "fund", product.fund, view.codes("funds"))
        for position, code in enumerate(product.benefits):
            yield from unknown((*place, "benefits", position), "benefit", code, view.codes("benefits"))
        if product.eligibility.over_age:
            role = product.eligibility.over_age.consent_role
            yield from unknown(
                (*place, "eligibility", "over_age", "consent_role"), "role", role, view.codes("roles")
            )
        if product.introduction:
            yield from unknown(
                (*place, "introduction"), "article", product.introduction, view.codes("content")
            )
    yield from _admission(view)
    yield from _benefits(view)


def _admission(view: View) -> Iterator[Problem]:
    registration = view.section("registration")
    if registration and registration.admission and registration.admission.eligibility:
        over_age = registration.admission.eligibility.over_age
        if over_age:
            place = ("registration", "admission", "eligibility", "over_age", "consent_role")
            yield from unknown(place, "role", over_age.consent_role, view.codes("roles"))


def _benefits(view: View) -> Iterator[Problem]:
    illnesses = view.codes("illnesses")
    used = {code for product in view.listed("products").values() for code in product.benefits}
    used |= {code for kind in view.listed("claims").values() for code in kind.benefits}
    everything_read = all(
        view.codes(name) == {item.code for item in view.listed(name).values()}
        for name in ("products", "claims")
    )
    for number, benefit in view.listed("benefits").items():
        place = ("benefits", number)
        formula = benefit.formula
        if isinstance(formula, FixedBy) and formula.by == "illness":
            for position, choice in enumerate(formula.amounts):
                yield from unknown(
                    (*place, "formula", "amounts", position, "code"), "illness", choice.code, illnesses
                )
        if everything_read and benefit.code not in used:
            yield wrong(
                (*place, "code"),
                "unused",
                f"待遇 {benefit.code} 没有被使用",
                f"nothing uses the benefit {benefit.code}",
            )
