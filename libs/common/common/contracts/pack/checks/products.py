"""Products: their fund, benefits, consent role and introduction exist; benefits name listed illnesses."""

from collections.abc import Iterator

from ..benefits import FixedBy
from ..faults import Place, Problem
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
            yield from _consent(view, (*place, "eligibility", "over_age", "consent_role"), role)
        for name in ("introduction", "terms"):
            if article := getattr(product, name):
                yield from unknown((*place, name), "article", article, view.codes("content"))
        for position, article in enumerate(product.questions):
            yield from unknown((*place, "questions", position), "article", article, view.codes("content"))
        if product.roster and product.roster.acceptance == "second_person":
            yield from _acceptance(view, (*place, "roster", "acceptance"))
    yield from _admission(view)
    yield from _benefits(view)


def _consent(view: View, place: Place, code: str) -> Iterator[Problem]:
    """Whoever consents to over-age people does it where orders are reviewed."""
    roles = {role.code: role.permissions for role in view.listed("roles").values()}
    if code in roles and "enrollment.order.review" not in roles[code]:
        zh = f"角色 {code} 缺少权限 enrollment.order.review，不能同意超龄参保"
        yield wrong(place, "role_lacks_permission", zh, f"the role {code} lacks enrollment.order.review")


def _acceptance(view: View, place: Place) -> Iterator[Problem]:
    """A second person must exist who may accept the rows."""
    roles = view.listed("roles").values()
    if view.codes("roles") == {role.code for role in roles} and not any(
        "enrollment.roster.accept" in role.permissions for role in roles
    ):
        zh = "没有角色具有权限 enrollment.roster.accept，第二人无法接收花名册"
        yield wrong(
            place, "role_lacks_permission", zh, "no role has enrollment.roster.accept: nobody could accept"
        )


def _admission(view: View) -> Iterator[Problem]:
    registration = view.section("registration")
    if registration and registration.admission and registration.admission.eligibility:
        over_age = registration.admission.eligibility.over_age
        if over_age:
            place = ("registration", "admission", "eligibility", "over_age", "consent_role")
            yield from unknown(place, "role", over_age.consent_role, view.codes("roles"))


def _benefits(view: View) -> Iterator[Problem]:
    illnesses = view.codes("illnesses")
    kinds = view.listed("claims").values()
    paid = {code for kind in kinds for code in kind.benefits}
    # A kind that is broken or names no benefit may be the one that was meant to pay it.
    certain = view.codes("claims") == {kind.code for kind in kinds} and paid <= view.codes("benefits")
    for number, benefit in view.listed("benefits").items():
        place = ("benefits", number)
        formula = benefit.formula
        if isinstance(formula, FixedBy) and formula.by == "illness":
            for position, choice in enumerate(formula.amounts):
                yield from unknown(
                    (*place, "formula", "amounts", position, "code"), "illness", choice.code, illnesses
                )
        if certain and benefit.code not in paid:
            zh, en = f"没有申请类型给付待遇 {benefit.code}", f"no claim kind pays the benefit {benefit.code}"
            yield wrong((*place, "code"), "unused", zh, en)
