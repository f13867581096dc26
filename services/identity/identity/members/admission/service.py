"""Use cases of one person's admission: enter, correct, delete, consent over age (rows D.02, D.06, D.10)."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind, Eyes
from common.clock import now, today
from common.contracts.pack import TenantPack
from common.contracts.pack.registration import Admission
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound
from common.http import ServiceContext, check_version
from common.ids import new_id
from common.tenancy import current_pack
from common.text import Text

from ...errors import FieldsInvalid
from ...units.models import Unit
from ...units.papers import own_receipt
from ...units.repository import UnitRepository
from ..facts import read_member
from ..models import Person
from ..schemas import MemberRead
from . import rules
from .applicants import applicant_of, corrected, facts_of
from .errors import AdmissionNotOffered, ConsentNotYours, HasAccount, SamePerson, UnitNeeded, UnitNotApproved
from .models import AdmissionPaper
from .repository import AdmissionRepository
from .schemas import AdmissionCreate, AdmissionPut, OverAgeDecision, PaperPut, PaperRead

POSTPONED = Text("延迟退休证明", "paper of postponed retirement")


class Checked(NamedTuple):
    """An applicant whose values are right, and whether the agency has to consent."""

    applicant: rules.Applicant
    consent: bool


async def admit(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: AdmissionCreate
) -> MemberRead:
    """Enter one person as new; FieldsInvalid names everything that speaks against it, each with what to do."""
    pack = await current_pack(session)
    admission = offered(pack)
    unit = await unit_for(session, actor, asked.unit_id)
    keys, people = await context.keyring.for_tenant(session), AdmissionRepository.of(session)
    papers = [paper.code for paper in asked.papers]
    checked = await check(people, admission, asked, unit_id=unit.id, keys=keys, papers=papers)
    person = await _enter(people, pack, checked, unit=unit, actor=actor, keys=keys)
    await people.replace_papers(person.id, _papers(asked.papers, person.id, actor=actor, context=context))
    people.remember([person], reason="admitted", by=actor.id)
    await record(
        session,
        actor_id=actor.id,
        action="member.entered",
        subject=f"person:{person.id}",
        detail={"unit": unit.id},
    )
    return read_member(person, unit.name, keys)


async def correct(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    person_id: UUID,
    expected: int,
    asked: AdmissionPut,
) -> tuple[Person, MemberRead]:
    """Change a new or returned person; NotEditable otherwise."""
    pack = await current_pack(session)
    admission = offered(pack)
    person, unit_name = await seen(session, actor, person_id, expected=expected)
    person.require_editable()
    keys, people = await context.keyring.for_tenant(session), AdmissionRepository.of(session)
    held = [paper.code for paper in await people.papers(person.id)]
    papers = [paper.code for paper in asked.papers] or held
    meant = corrected(person, asked, keys)
    checked = await check(
        people, admission, meant, unit_id=person.unit_id, keys=keys, papers=papers, but=person.id
    )
    person.change(facts_of(checked.applicant, keys) | {"pack_version": pack.version})
    _ask_consent(person, checked, again=bool(asked.papers))
    if asked.papers:
        await people.replace_papers(person.id, _papers(asked.papers, person.id, actor=actor, context=context))
    people.remember([person], reason="edited", by=actor.id)
    return person, read_member(person, unit_name, keys)


async def delete(session: AsyncSession, *, actor: Actor, person_id: UUID, expected: int) -> None:
    """Delete a new or returned person, who was never told to anybody else."""
    person, _ = await seen(session, actor, person_id, expected=expected)
    person.require_editable()
    if person.account_id is not None:
        raise HasAccount
    people = AdmissionRepository.of(session)
    await record(session, actor_id=actor.id, action="member.deleted", subject=f"person:{person.id}")
    await people.remove_people((Person.tenant_id == people.tenant_id) & (Person.id == person.id))


async def decide_over_age(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    person_id: UUID,
    expected: int,
    asked: OverAgeDecision,
) -> tuple[Person, MemberRead]:
    """Consent to the admission of somebody over age, or refuse it; by the pack's role, never by who entered it."""
    eligibility = offered(await current_pack(session)).eligibility
    over = eligibility.over_age if eligibility else None
    person, unit_name = await seen(session, actor, person_id, expected=expected)
    if over is None or over.consent_role not in actor.roles:
        raise ConsentNotYours
    if Eyes.of(actor).are(person.submitters[0]):
        raise SamePerson
    keys = await context.keyring.for_tenant(session)
    person.decide_over_age(consents=asked.consents, by=actor.id, opinion=seal_words(keys, asked.opinion))
    await record(
        session, actor_id=actor.id, action="member.over_age_decided", subject=f"person:{person.id}",
        detail={"consents": asked.consents},
    )  # fmt: skip
    return person, read_member(person, unit_name, keys)


async def read_papers(session: AsyncSession, *, actor: Actor, person_id: UUID) -> list[PaperRead]:
    """Return the papers of postponed retirement that were handed in for a person."""
    await seen(session, actor, person_id)
    found = await AdmissionRepository.of(session).papers(person_id)
    return [PaperRead.model_validate(paper, from_attributes=True) for paper in found]


def offered(pack: TenantPack) -> Admission:
    """Return the pack's rules of admission; AdmissionNotOffered where rosters make people."""
    admission = pack.registration.admission
    if admission is None:
        raise AdmissionNotOffered
    return admission


async def unit_for(session: AsyncSession, actor: Actor, unit_id: UUID | None) -> Unit:
    """Return the approved unit that somebody is admitted into: a handler's own, for staff one they may see."""
    wanted = actor.unit_id if actor.kind is ActorKind.HANDLER else unit_id
    if wanted is None:
        raise UnitNeeded
    if actor.kind is ActorKind.HANDLER and unit_id not in (None, wanted):
        raise NotFound
    unit = await UnitRepository.of(session).seen(wanted, actor)
    if unit is None:
        raise NotFound
    if unit.status != "approved":
        raise UnitNotApproved
    return unit


async def seen(
    session: AsyncSession, actor: Actor, person_id: UUID, *, expected: int | None = None
) -> tuple[Person, str | None]:
    """Return a person the caller may see, with the unit's name; locked and as expected for an edit."""
    people = AdmissionRepository.of(session)
    found = await people.seen(person_id, actor)
    if found is None:
        raise NotFound
    if expected is None:
        return found
    (person,) = await people.locked([person_id])
    check_version(person, expected)
    return person, found[1]


async def check(
    people: AdmissionRepository,
    admission: Admission,
    asked: AdmissionCreate,
    *,
    unit_id: UUID | None,
    keys: TenantKeys,
    papers: list[str],
    but: UUID | None = None,
) -> Checked:
    """Check values, eligibility and register; FieldsInvalid with every fault of every field."""
    applicant = applicant_of(asked)
    faults = rules.applicant_faults(applicant, today=today())
    if not faults["document_number"]:
        speaks = rules.eligibility_faults(admission.eligibility, applicant, on=today(), papers=papers)
        faults["document_number"] = [*faults["document_number"], *speaks]
        indexes = keys.blinds("document", applicant.number)
        known = [
            rules.KnownPerson(p.state, p.unit_id, keys.open(p.name_sealed, context="person.name"))
            for p in await people.of_document(indexes)
            if p.id != but
        ]
        for field, found in rules.register_faults(known, unit_id=unit_id, name=applicant.name).items():
            faults[field] = [*faults.get(field, []), *found]
    FieldsInvalid.raise_if(faults)
    return Checked(applicant, rules.needs_consent(admission.eligibility, applicant, on=today()))


async def _enter(
    people: AdmissionRepository,
    pack: TenantPack,
    checked: Checked,
    *,
    unit: Unit,
    actor: Actor,
    keys: TenantKeys,
) -> Person:
    """Insert the person; somebody who left, or registered alone, takes the new facts and keeps their id."""
    applicant = checked.applicant
    new = {"state": "new", "unit_id": unit.id, "pack_version": pack.version}
    row = {
        "id": keys.person_id(applicant.document_kind, applicant.number), "created_at": now(), "version": 1,
        "effective_on": today(), "entered_by": actor.id,
        "entered_human": actor.human, **new, **facts_of(applicant, keys),
    }  # fmt: skip
    person_id, entered = await people.person_for(row, indexes=keys.blinds("document", applicant.number))
    (person,) = await people.locked([person_id])
    if not entered:
        if person.state != "left" and person.unit_id is not None:
            FieldsInvalid.raise_if({"document_number": [rules.ALREADY_HERE]})  # another request was first
        mobile = {"mobile_sealed": person.mobile_sealed, "mobile_index": person.mobile_index}
        kept = mobile if person.account_id is not None else {}
        person.change({**new, **facts_of(applicant, keys), **kept})
        person.note_entry(Eyes.of(actor))
    _ask_consent(person, checked, again=True)
    return person


def _ask_consent(person: Person, checked: Checked, *, again: bool) -> None:
    if not checked.consent:
        person.over_age = None
    elif again or person.over_age is None:
        person.over_age, person.over_age_opinion, person.over_age_decided_by = "requested", None, None


def _papers(
    given: list[PaperPut], person_id: UUID, *, actor: Actor, context: ServiceContext
) -> list[AdmissionPaper]:
    key = context.link_key
    return [
        AdmissionPaper(
            id=new_id(), person_id=person_id, code=paper.code,
            **own_receipt(paper.receipt, actor=actor, title=POSTPONED, key=key)._asdict(),
        )
        for paper in given
    ]  # fmt: skip
