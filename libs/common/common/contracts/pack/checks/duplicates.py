"""No code stands twice in one list."""

from collections.abc import Iterator
from typing import Any

from ..faults import Place, Problem
from ..shape import ITEMISED, View
from .references import wrong


def check_duplicates(view: View) -> Iterator[Problem]:
    """Yield a fault at every second use of a code in a list, and at repeated entries of a list of codes."""
    for section in ITEMISED:
        if section != "messages":
            yield from _repeated(
                [((section, place, "code"), item.code) for place, item in view.listed(section).items()]
            )
    yield from _repeated(
        [
            ((("messages", place, "event")), (m.event, m.to, m.channel))
            for place, m in view.listed("messages").items()
        ]
    )
    for place, product in view.listed("products").items():
        yield from _repeated(
            [(("products", place, "benefits", n), code) for n, code in enumerate(product.benefits)]
        )
    for place, kind in view.listed("claims").items():
        for name in ("products", "benefits", "opened_by"):
            yield from _repeated(
                [(("claims", place, name, n), code) for n, code in enumerate(getattr(kind, name))]
            )
        yield from _repeated(
            [(("claims", place, "documents", n, "code"), d.code) for n, d in enumerate(kind.documents)]
        )
    yield from _of_whole_sections(view)


def _of_whole_sections(view: View) -> Iterator[Problem]:
    if organisation := view.section("organisation"):
        for name in ("levels", "branches"):
            parts = getattr(organisation, name)
            yield from _repeated(
                [(("organisation", name, n, "code"), part.code) for n, part in enumerate(parts)]
            )
    if chains := view.section("chains"):
        yield from _repeated([(("chains", *place, "code"), chain.code) for place, chain in chains.each()])
    if registration := view.section("registration"):
        documents = registration.profile_documents
        yield from _repeated(
            [
                (("registration", "profile_documents", n, "code"), part.code)
                for n, part in enumerate(documents)
            ]
        )
    for place, role in view.listed("roles").items():
        yield from _repeated(
            [(("roles", place, "permissions", n), code) for n, code in enumerate(role.permissions)]
        )
    if demo := view.section("demo"):
        yield from _repeated(
            [(("demo", "staff", n, "username"), person.username) for n, person in enumerate(demo.staff)]
        )
        yield from _repeated(
            [(("demo", "staff", n, "mobile"), person.mobile) for n, person in enumerate(demo.staff)]
        )
        yield from _repeated(
            [(("demo", "units", n, "credit_code"), unit.credit_code) for n, unit in enumerate(demo.units)]
        )


def _repeated(entries: list[tuple[Place, Any]]) -> Iterator[Problem]:
    seen: set[Any] = set()
    for place, code in entries:
        if code in seen:
            name = " / ".join(code) if isinstance(code, tuple) else code
            yield wrong(place, "duplicate", f"{name} 重复", f"{name} is repeated")
        seen.add(code)
