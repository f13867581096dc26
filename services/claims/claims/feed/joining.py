"""Lines about an event of which the person is told already: they join the claim that waits, and open no second one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import ClaimKind
from common.crypto import TenantKeys
from common.text import Text

from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.rules.form import FieldValue, Key, day_of, dump_form, load_form
from .matching import FORM, Case
from .rules import LineReason

CLAIMED = LineReason(
    "feed.event_claimed",
    Text("同一事件的理赔已在办理或已给付", "a claim about the same event is under way or was granted"),
    "event_date",
)
Form = dict[Key, FieldValue]


async def join_claims(
    session: AsyncSession, tenant_id: UUID, cases: Sequence[Case], keys: TenantKeys
) -> list[Case]:
    """Give cases of invited kinds the claim that waits about the same event; end those whose event is claimed.

    Returns the cases that are left. Until the transaction ends nobody else opens a claim for these persons, and nobody
    changes the claims; both are locked before the persons' caps, as whoever hands a claim in does it.
    """
    invited = [case for case in cases if case.kind.invited]
    if not invited:
        return list(cases)
    persons = {case.claim.person_id for case in invited}
    repository = ClaimRepository(session, tenant_id)
    await repository.hold_openings(persons)
    live = list(await repository.live_of_persons(persons, {case.kind.code for case in invited}))
    left: list[Case] = []
    for case in cases:
        others = [claim for claim in live if _is_of(claim, case)] if case.kind.invited else []
        if any(claim.status != "to_upload" and _same_day(claim, case) for claim in others):
            case.line.end("duplicate", CLAIMED.as_dict())
            continue
        waiting = (claim for claim in others if claim.status == "to_upload")
        if (known := next((claim for claim in waiting if _same_event(claim, case, keys)), None)) is not None:
            case.told, case.claim = case.claim.form, known
        elif case.kind.invited:
            live.append(case.claim)
        left.append(case)
    return left


def complete(case: Case, keys: TenantKeys) -> None:
    """Put what a line tells into the claim that it joined, where nobody entered anything."""
    claim, known = case.claim, _open(case.claim.form, keys)
    told = _open(case.told, keys)
    new = {key: value for key, value in told.items() if key not in known or not known[key].value}
    if new:
        claim.form = keys.seal(orjson.dumps(dump_form(known | new)).decode(), context=FORM)
        claim.touch()


def _is_of(claim: Claim, case: Case) -> bool:
    return (claim.person_id, claim.kind) == (case.claim.person_id, case.kind.code)


def _same_day(claim: Claim, case: Case) -> bool:
    return claim.event_on is not None and claim.event_on == case.claim.event_on


def _same_event(claim: Claim, case: Case, keys: TenantKeys) -> bool:
    """Say whether a claim that waits is about a case's event: no day named, the same day, or one illness and policy."""
    if _same_day(claim, case):
        return True
    theirs, mine = _open(claim.form, keys), _open(case.claim.form, keys)
    days = _days(case.kind, theirs) | ({claim.event_on} if claim.event_on else set())
    if not days or case.claim.event_on in days:
        return True
    one_illness = _told(case.kind, theirs, "illness") & _told(case.kind, mine, "illness")
    return bool(one_illness) and claim.policy_id == case.claim.policy_id


def _days(kind: ClaimKind, form: Form) -> set[date]:
    return {day for text in _told(kind, form, "event_date") if (day := day_of(text))}


def _told(kind: ClaimKind, form: Mapping[Key, FieldValue], name: str) -> set[str]:
    """Return what stands in the fields that give a benefit this input."""
    codes = {field.code for field in kind.form.fields if name in (field.input, field.code)}
    return {value.value for (code, _), value in form.items() if code in codes and value.value}


def _open(form: str, keys: TenantKeys) -> Form:
    return load_form(orjson.loads(keys.open(form, context=FORM)))


def first_of_each(cases: Iterable[Case]) -> dict[UUID, Case]:
    """Return the case that opens each claim which does not stand yet, by claim; further ones join it."""
    found: dict[UUID, Case] = {}
    for case in cases:
        if case.claim.number is None:
            found.setdefault(case.claim.id, case)
    return found
