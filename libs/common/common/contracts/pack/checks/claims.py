"""Claim kinds: what they name exists, their benefits fit, and the form collects every input the benefits read."""

from collections.abc import Iterator

from ..benefits import INPUT_NAMES, Benefit, FixedBy
from ..claims import ClaimKind
from ..faults import Place, Problem
from ..forms import FormField, When
from ..shape import View
from .references import unknown, wrong


def check_claims(view: View) -> Iterator[Problem]:
    """Yield the faults of claim kinds and of the forms of products."""
    benefits = {benefit.code: benefit for benefit in view.listed("benefits").values()}
    for number, kind in view.listed("claims").items():
        place = ("claims", number)
        yield from _names(view, place, kind)
        yield from _benefits(view, place, kind, benefits)
        yield from _fields(view, (*place, "form", "fields"), kind.form.fields)
        if kind.stays:
            yield from _fields(view, (*place, "stays", "fields"), kind.stays.fields)
        yield from _conditions(view, place, kind)
    for number, product in view.listed("products").items():
        if product.form:
            here = ("products", number, "form", "fields")
            yield from _fields(view, here, product.form.fields)
            yield from _for_oneself(here, product.form.fields)


def _names(view: View, place: Place, kind: ClaimKind) -> Iterator[Problem]:
    for position, code in enumerate(kind.products):
        yield from unknown((*place, "products", position), "product", code, view.codes("products"))
    for position, code in enumerate(kind.benefits):
        yield from unknown((*place, "benefits", position), "benefit", code, view.codes("benefits"))
    if kind.fund:
        yield from unknown((*place, "fund"), "fund", kind.fund, view.codes("funds"))
    yield from unknown((*place, "chain"), "chain", kind.chain, view.codes("chains", "claims"))
    yield from _sharing(view, place, kind)
    for position, document in enumerate(kind.documents):
        if document.sample:
            yield from unknown(
                (*place, "documents", position, "sample"), "article", document.sample, view.codes("content")
            )


def _sharing(view: View, place: Place, kind: ClaimKind) -> Iterator[Problem]:
    """Kinds that share stays exist, are others, and name each other."""
    others = {other.code: other for other in view.listed("claims").values()}
    for position, code in enumerate(kind.shares_stays_with):
        here = (*place, "shares_stays_with", position)
        yield from unknown(here, "claim kind", code, view.codes("claims"))
        if code == kind.code:
            yield wrong(here, "shares_with_itself", "不能写本类型自己", "a kind does not share with itself")
        elif code in others and kind.code not in others[code].shares_stays_with:
            yield wrong(
                here,
                "sharing_one_sided",
                f"申请类型 {code} 的 shares_stays_with 也要写 {kind.code}",
                f"the claim kind {code} has to name {kind.code} in its shares_stays_with too",
            )


def _for_oneself(place: Place, fields: tuple[FormField, ...]) -> Iterator[Problem]:
    """Nobody joins a product for another."""
    for number, field in enumerate(fields):
        if field.applicant:
            yield wrong(
                (*place, number, "applicant"),
                "joined_for_oneself",
                "参保表单都由本人填写，不能写 applicant",
                "everybody joins for themselves: leave applicant out",
            )


def _conditions(view: View, place: Place, kind: ClaimKind) -> Iterator[Problem]:
    """Conditions name answers that a choice from the pack's lists offers; of its own options the kind itself knows."""
    lists = {"illnesses": view.codes("illnesses")} | {
        benefit.code: {row.code for row in benefit.formula.amounts}
        for benefit in view.listed("benefits").values()
        if isinstance(benefit.formula, FixedBy)
    }
    offered = {field.code: lists.get(field.options_from) for field in kind.all_fields if field.options_from}
    parts: list[tuple[Place, When | None]] = [
        (("form", "fields", n, "when"), field.when) for n, field in enumerate(kind.form.fields)
    ]
    parts += [(("documents", n, "when"), document.when) for n, document in enumerate(kind.documents)]
    if kind.stays:
        parts += [(("stays", "fields", n, "when"), field.when) for n, field in enumerate(kind.stays.fields)]
    if kind.on_behalf:
        parts.append((("on_behalf", "deceased"), kind.on_behalf.deceased))
    for part, when in parts:
        known = offered.get(when.field) if when else None
        if when is None or known is None:
            continue
        for position, code in enumerate(when.is_one_of):
            yield from unknown((*place, *part, "is_one_of", position), "answer", code, known)


def _benefits(view: View, place: Place, kind: ClaimKind, benefits: dict[str, Benefit]) -> Iterator[Problem]:
    products = [product for product in view.listed("products").values() if product.code in kind.products]
    for position, code in enumerate(kind.benefits):
        here = (*place, "benefits", position)
        benefit = benefits.get(code)
        if benefit is None:
            continue
        if benefit.event != kind.event:
            yield wrong(
                here,
                "event_differs",
                f"待遇 {code} 属于 {benefit.event} 类事件",
                f"the benefit {code} is for {benefit.event}",
            )
        if (
            products
            and len(products) == len(kind.products)
            and not any(code in product.benefits for product in products)
        ):
            yield wrong(
                here,
                "not_of_product",
                f"所列项目都不含待遇 {code}",
                f"none of the products has the benefit {code}",
            )
        missing = sorted(benefit.reads - kind.collects)
        if missing:
            names = ", ".join(missing)
            yield wrong(
                here,
                "input_not_collected",
                f"表单没有采集待遇需要的 {names}",
                f"the form does not collect {names}",
            )


def _fields(view: View, place: Place, fields: tuple[FormField, ...]) -> Iterator[Problem]:
    for number, field in enumerate(fields):
        here = (*place, number)
        if field.input and field.input not in INPUT_NAMES:
            yield wrong(
                (*here, "input"),
                "unknown_input",
                f"没有输入项 {field.input}",
                f"there is no input {field.input}",
            )
        if field.options_from and field.options_from != "illnesses":
            yield from unknown((*here, "options_from"), "benefit", field.options_from, view.codes("benefits"))
        if field.options_from == "illnesses" and not view.codes("illnesses"):
            yield wrong(
                (*here, "options_from"),
                "no_illnesses",
                "没有病种清单 illnesses",
                "the pack lists no illnesses",
            )
    tabled = {b.code for b in view.listed("benefits").values() if isinstance(b.formula, FixedBy)}
    known = {b.code for b in view.listed("benefits").values()}
    for number, field in enumerate(fields):
        if field.options_from in known - tabled:
            yield wrong(
                (*place, number, "options_from"),
                "no_options",
                "这项待遇没有选项表",
                "this benefit has no table of choices",
            )
