"""The search parameters of each resource, and what they ask for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from common.http import Cursor
from common.http.paging import CursorInvalid, cursor

from .errors import ParameterUnknown, ParameterWrong
from .rules import CLAIM, ID_CARD, PERSON, POLICY

COMMON = ("_id", "_count", "_cursor", "identifier", "patient", "patient.identifier", "status")
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "Coverage": (*COMMON, "beneficiary"),
    "Claim": (*COMMON, "created"),
    "ClaimResponse": (*COMMON, "created", "request", "outcome"),
}
STATES = frozenset({"active", "cancelled", "draft", "entered-in-error"})
OUTCOMES = frozenset({"queued", "complete", "error", "partial"})
PREFIXES = ("eq", "ge", "le", "gt", "lt")
MOST = 100


@dataclass(frozen=True)
class Search:
    """What is looked for; what is left out narrows nothing."""

    page: Cursor
    ids: tuple[UUID, ...] = ()
    number: str | None = None
    person_id: UUID | None = None
    id_card: str | None = None
    states: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    created: tuple[tuple[str, date], ...] = field(default=())


async def search_of(resource: str, sent: Iterable[tuple[str, str]], *, in_body: bool) -> Search:
    """Read the parameters; ParameterUnknown, ParameterWrong. Identity numbers are taken from a body only."""
    values: dict[str, list[str]] = {}
    for name, value in sent:
        if name not in PARAMETERS[resource]:
            raise ParameterUnknown(name=name, known=", ".join(PARAMETERS[resource]))
        values.setdefault(name, []).append(value)
    one = {name: found[-1] for name, found in values.items()}
    person_id, id_card = _person(one, in_body=in_body)
    return Search(
        page=await _page(one),
        ids=tuple(_ids(one)),
        number=_number(one.get("identifier"), POLICY if resource == "Coverage" else CLAIM),
        person_id=person_id,
        id_card=id_card,
        states=_codes("status", one.get("status"), STATES),
        outcomes=_codes("outcome", one.get("outcome"), OUTCOMES),
        created=tuple(_bound(value) for value in values.get("created", ())),
    )


async def _page(one: Mapping[str, str]) -> Cursor:
    count = one.get("_count", "50")
    if not count.isascii() or not count.isdigit() or not 1 <= int(count) <= MOST:
        raise ParameterWrong(name="_count", wanted=f"1–{MOST}")
    try:
        return await cursor(one.get("_cursor"), int(count))
    except CursorInvalid:
        raise ParameterWrong(name="_cursor", wanted="上一页的 next 链接 the link `next` of a page") from None


def _ids(one: Mapping[str, str]) -> list[UUID]:
    found = [_uuid("_id", each) for each in one["_id"].split(",")] if "_id" in one else []
    if "request" in one:
        found.append(_uuid("request", one["request"].removeprefix("Claim/")))
    return found


def _uuid(name: str, value: str) -> UUID:
    try:
        return UUID(value.strip())
    except ValueError:
        raise ParameterWrong(name=name, wanted="UUID") from None


def _person(one: Mapping[str, str], *, in_body: bool) -> tuple[UUID | None, str | None]:
    """Return the person's id or identity number that is looked for."""
    reference = one.get("patient") or one.get("beneficiary")
    if reference:
        return _uuid("patient", reference.removeprefix("Patient/")), None
    token = one.get("patient.identifier")
    if not token:
        return None, None
    system, _, value = token.rpartition("|")
    if system == PERSON:
        return _uuid("patient.identifier", value), None
    if system != ID_CARD or not value:
        raise ParameterWrong(name="patient.identifier", wanted=f"{PERSON}|UUID, {ID_CARD}|…")
    if not in_body:
        raise ParameterWrong(name="patient.identifier", wanted="POST …/_search（证件号码不得出现在网址中）")
    return None, value


def _number(token: str | None, system: str) -> str | None:
    if token is None:
        return None
    named, bar, value = token.rpartition("|")
    if bar and named not in ("", system):
        raise ParameterWrong(name="identifier", wanted=f"{system}|…")
    return value


def _codes(name: str, value: str | None, known: frozenset[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    codes = tuple(value.split(","))
    if not set(codes) <= known:
        raise ParameterWrong(name=name, wanted=", ".join(sorted(known)))
    return codes


def _bound(value: str) -> tuple[str, date]:
    prefix = value[:2] if value[:2] in PREFIXES else "eq"
    day = value.removeprefix(prefix) if value[:2] in PREFIXES else value
    try:
        return prefix, datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        raise ParameterWrong(name="created", wanted="2026-01-31, ge2026-01-01, lt2026-02-01") from None
