"""Looks at every JSON answer that a service's test gets: no ID number stands there in the clear, save where it may."""

import re

import httpx

from common.identifiers.id_number import birth_date, id_number_faults

SHAPE = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])")
MAY = {
    "POST /members/[^/]+/reveal": "shows it on purpose, with a permission, into the audit log",
    "POST /units/[^/]+/reveal": "shows a handler to who compares them with the papers, into the audit log",
    "POST /claims/[^/]+/payee/reveal": "shows an heir to who compares them with the papers, into the audit log",
    "POST /member-requests/[^/]+/reveal": "shows it on purpose, with a permission, into the audit log",
    "POST /synced-names/[^/]+/reveal": "shows it on purpose, with a permission, into the audit log",
    "POST /orders/[^/]+/people/entered": "shows a draft on purpose, with a permission, into the audit log",
    "POST /admissions/entered": "shows people to who entered them, until they are reported, into the audit log",
    "GET /sandbox/portals/[^/]+/[^/]+/people": "the invented people of a local run, for whoever tries a portal",
    "POST /members/me/form-values": "a member's own, for a form that they fill in",
    "GET /tasks/[^/]+/result": "an export, for whoever may have asked for it",
}
"""Calls whose answer may hold an ID number, each with its reason."""


class ClearNumber(AssertionError):
    """An answer tells an ID number."""


def clear_numbers(text: str) -> list[str]:
    """Return the ID numbers in a text: 18 characters of a known region, a day of birth and the right check digit."""
    found = (one.upper() for one in SHAPE.findall(text))
    return [one for one in found if birth_date(one) and not id_number_faults(one)]


def forgives(method: str, path: str) -> bool:
    """Say whether the answer to a call may hold one."""
    return any(re.fullmatch(way, f"{method} {path}") for way in MAY)


async def look(response: httpx.Response) -> None:
    """Fail the test whose request was answered with somebody's ID number."""
    request = response.request
    if "json" not in response.headers.get("content-type", "") or forgives(request.method, request.url.path):
        return
    await response.aread()
    if found := clear_numbers(response.text):
        raise ClearNumber(f"{request.method} {request.url.path} tells {len(found)} ID numbers in the clear")
