"""A claim with all that its rules look at, loaded together: kind, form, documents, policies, names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now, today
from common.contracts.pack import ClaimKind, TenantPack
from common.crypto import TenantKeys
from common.identifiers import compact_number, id_number_faults, plain_number
from common.tenancy import pack_of_version

from ..copies.models import DocumentCopy, PersonCard, PersonCopy, PolicyCopy, UnitCopy
from ..copies.repository import CopyRepository
from .models import OPEN_TO_APPLICANT, Claim, ClaimDocument
from .repository import ClaimRepository
from .rules.applicant import COUNTER, HEIR, INSURED, SELF, Applying, answers_asked
from .rules.application import Application, Term
from .rules.cards import card_field
from .rules.documents import ID_NUMBERS, Document, Reading, read_document
from .rules.filling import fill
from .rules.form import WHOLE, FieldValue, Key, dump_form, load_form
from .rules.papers import UNSORTED, sorted_rule

FORM = "claims.form"
RECOGNITION = "ocr.recognition"
NAME = "person.name"
NUMBER = "person.document"
CARD = "person.card"
PATIENCE = timedelta(minutes=10)
"""A document that is still being read after this time does not keep a claim back; a person reads it."""


@dataclass
class Dossier:
    """Everything about a claim."""

    claim: Claim
    pack: TenantPack
    kind: ClaimKind
    keys: TenantKeys
    form: dict[Key, FieldValue]
    files: list[ClaimDocument]
    copies: dict[UUID, DocumentCopy]
    policies: list[PolicyCopy]
    person: PersonCopy | None
    units: dict[UUID, UnitCopy] = field(default_factory=dict)
    """The units that the policies were taken out by."""
    documents: list[Document] = field(default_factory=list)
    on_file: PersonCard | None = None
    """The card that the member put on file; looked up only where neither application nor enrolment tells all of one."""
    paid_to: tuple[str | None, str | None] | None = None
    """Card and bank of the payout once there is one: after a failed transfer it may be another than applied with."""

    @property
    def policy(self) -> PolicyCopy | None:
        """The policy that the claim is about."""
        return next((policy for policy in self.policies if policy.id == self.claim.policy_id), None)

    @property
    def insured_names(self) -> list[str]:
        """The names that the person is known by: in the register now, and on each policy."""
        tokens = [policy.name for policy in self.policies] + ([self.person.name] if self.person else [])
        return list(dict.fromkeys(self.keys.open(token, context=NAME) for token in tokens))

    def has_number(self, number: str) -> bool:
        """Whether this is the insured person's own document number, by the register or a policy."""
        known = {policy.document_index for policy in self.policies}
        known |= {self.person.document_index} if self.person else set()
        return not known.isdisjoint(self.keys.blinds("document", number))

    @property
    def card(self) -> tuple[str | None, str | None]:
        """The sealed card that is paid to, and its bank: of the application, else of the enrolment, else on file."""
        if self.paid_to is not None and self.paid_to[0]:
            return self.paid_to
        payee = self.claim.payee or {}
        if own := self.own_card:
            return own, payee.get("bank_name") or self._bank_on_file(own)
        if payee.get("kind", INSURED) != INSURED:
            return None, None
        return next(iter(self._cards_on_file), (None, None))

    @property
    def own_card(self) -> str | None:
        """The sealed card that the application itself names, None where enrolment or the member's file names it."""
        payee = self.claim.payee or {}
        if payee.get("card"):
            return str(payee["card"])
        if payee.get("kind") == HEIR and self.claim.submitted_at is None:
            return None  # the form's card is the person's who has died
        typed = card_field(self.kind)
        value = self.form.get((typed.code, WHOLE)) if typed and not typed.from_register else None
        return self.keys.seal(value.value, context=CARD) if value is not None and value.value else None

    @property
    def _cards_on_file(self) -> list[tuple[str, str | None]]:
        """The sealed cards of the enrolment and on the member's file, each with its bank."""
        found = [(self.policy.bank_card, self.policy.bank_name)] if self.policy else []
        found += [(self.on_file.card, self.on_file.bank_name)] if self.on_file else []
        return [(card, bank) for card, bank in found if card]

    def _bank_on_file(self, card: str) -> str | None:
        """Return the bank of a card that is typed though it is on file."""
        number = self._plain(card)
        return next((bank for known, bank in self._cards_on_file if self._plain(known) == number), None)

    def _plain(self, card: str) -> str:
        return compact_number(self.keys.open(card, context=CARD))

    @property
    def lacks_card(self) -> bool:
        """Whether the insured person is paid and neither application nor enrolment names a card and its bank."""
        return self.applying.payee == INSURED and not all(self.card)

    @property
    def applying(self) -> Applying:
        """Who applies and who is paid, as the rules look at it."""
        relation = COUNTER if self.claim.opened_by == "counter" else SELF
        payee = self.claim.payee or {}
        card, bank = self.card
        return Applying(
            relation=(self.claim.on_behalf or {}).get("relation", relation),
            payee=payee.get("kind", INSURED),
            named=bool(payee.get("name")) or payee.get("kind", INSURED) == INSURED,
            card=card is not None,
            bank=bool(bank) or self.own_card is None,
            related=payee.get("kind") != HEIR or bool(payee.get("relation")),
            identified=payee.get("kind") != HEIR or bool(payee.get("document_number")),
        )

    @property
    def asked_for(self) -> list[str]:
        """The places that the reviewer who returned the claim asked for, as long as it is returned."""
        if self.claim.status != "returned":
            return []
        return [str(item["place"]) for item in self.claim.missing]

    def application(self) -> Application:
        """Return what the rules look at."""
        return Application(
            kind=self.kind,
            pack=self.pack,
            form=answers_asked(self.kind, self.form, self.applying.relation),
            documents=self.documents,
            insured_names=self.insured_names,
            terms=[Term(str(p.id), p.product_code, p.starts_on, p.last_day) for p in self.policies],
            today=today(),
            applying=self.applying,
            card=compact_number(self.keys.open(card, context=CARD)) if (card := self.card[0]) else None,
        )

    def read(self) -> None:
        """Take over what the documents say: file each where it belongs, fill the form."""
        self.documents = [self._document(file) for file in self.files]
        self.form = fill(self.kind, self.form, self.documents, pack=self.pack)
        if self.claim.status in OPEN_TO_APPLICANT:
            self._set_days()

    def _set_days(self) -> None:
        for item in self.kind.form.fields:
            if item.set_to == "today":
                day = today().isoformat()
                self.form[item.code, WHOLE] = FieldValue(item.code, WHOLE, day, "set", verified=True)

    def sealed_form(self) -> str:
        """Return the form as the claim stores it."""
        return self.keys.seal(orjson.dumps(dump_form(self.form)).decode(), context=FORM)

    def _document(self, file: ClaimDocument) -> Document:
        copy = self.copies.get(file.document_id)
        readings: dict[str, Reading] = {}
        failed: tuple[str, ...] = ()
        if copy is not None and copy.recognition is not None:
            opened = orjson.loads(self.keys.open(copy.recognition, context=RECOGNITION))
            readings, failed = read_document(opened)
        kind_of = copy.document_type if copy else None
        overdue = now() - file.created_at > PATIENCE
        if file.rule == UNSORTED:
            if overdue or (copy is not None and copy.outcome is not None):
                self._sort(file, kind_of)
        elif kind_of is not None:
            file.rule = fitting_rule(self.kind, file.rule, kind_of)
        return Document(
            document_id=str(file.document_id),
            rule=file.rule,
            stay=file.stay,
            sha256=file.sha256,
            state=(copy.outcome if copy else None) or "pending",
            type=kind_of,
            readings=readings,
            failed_checks=failed,
            foreign_number=self._is_foreign(readings),
            overdue=overdue,
            new=self.claim.returned_at is not None and file.created_at > self.claim.returned_at,
        )

    def _is_foreign(self, readings: Mapping[str, Reading]) -> bool:
        """Whether an ID number that can be right was read, and it is not the insured person's."""
        numbers = [plain_number(readings[name].value).upper() for name in ID_NUMBERS if name in readings]
        return any(not id_number_faults(number) and not self.has_number(number) for number in numbers)

    def _sort(self, file: ClaimDocument, kind_of: str | None) -> None:
        """Give a document that was handed in without a rule the one of its type, and a stay where it has one."""
        stay = file.stay or 1
        taken = {other.rule for other in self.files if other.stay in {WHOLE, stay}}
        file.rule = sorted_rule(self.kind, kind_of, taken)
        rule = next(rule for rule in self.kind.documents if rule.code == file.rule)
        file.stay = stay if rule.per == "stay" else WHOLE


def fitting_rule(kind: ClaimKind, rule: str, document_type: str) -> str:
    """Return the document of the kind that a recognised type belongs to; `rule` itself if nothing fits better.

    What recognition knows nothing of ("other") stays where its owner put it: a pale ID card is still one.
    """
    by_code = {item.code: item for item in kind.documents}
    chosen = by_code.get(rule)
    if chosen is None or document_type in {*chosen.types, "other"}:
        return rule
    same_place = [item for item in kind.documents if document_type in item.types and item.per == chosen.per]
    return same_place[0].code if same_place else rule


def empty_form(keys: TenantKeys) -> str:
    """Return a form without values, as a claim stores it."""
    return keys.seal("[]", context=FORM)


async def load_dossier(session: AsyncSession, claim: Claim, *, keys: TenantKeys) -> Dossier:
    """Load a claim's dossier and take over what its documents say."""
    return (await load_dossiers(session, [claim], keys=keys))[0]


async def load_dossiers(session: AsyncSession, claims: Sequence[Claim], *, keys: TenantKeys) -> list[Dossier]:
    """Load the dossiers of some claims of one union, in as many statements as one of them needs."""
    if not claims:
        return []
    copies = CopyRepository(session, claims[0].tenant_id)
    packs = {
        version: await pack_of_version(session, version) for version in {one.pack_version for one in claims}
    }
    repository = ClaimRepository(session, claims[0].tenant_id)
    papers = await repository.documents_read([claim.id for claim in claims])
    people = {claim.person_id for claim in claims}
    policies, units = await copies.policies_and_units(people)
    persons = await copies.persons(people)
    dossiers = []
    for claim in claims:
        kind = packs[claim.pack_version].claim_kind(claim.kind)
        mine = [(file, known) for file, known in papers if file.claim_id == claim.id]
        held = [policy for policy in policies if policy.person_id == claim.person_id]
        dossier = Dossier(
            claim=claim,
            pack=packs[claim.pack_version],
            kind=kind,
            keys=keys,
            form=load_form(orjson.loads(keys.open(claim.form, context=FORM))),
            files=[file for file, _ in mine],
            copies={known.id: known for _, known in mine if known is not None},
            policies=_relevant(held, claim, kind),
            units={policy.unit_id: units[policy.unit_id] for policy in held if policy.unit_id in units},
            person=persons.get(claim.person_id),
        )
        dossier.read()
        dossiers.append(dossier)
    await _look_for_cards(copies, dossiers)
    return dossiers


async def look_for_card(session: AsyncSession, dossier: Dossier) -> None:
    """Look up the card that the member put on file, where the insured person is paid and nothing names one."""
    await _look_for_cards(CopyRepository(session, dossier.claim.tenant_id), [dossier])


async def _look_for_cards(copies: CopyRepository, dossiers: Sequence[Dossier]) -> None:
    lacking = [dossier for dossier in dossiers if dossier.lacks_card]
    known = await copies.cards({dossier.claim.person_id for dossier in lacking})
    for dossier in lacking:
        dossier.on_file = known.get(dossier.claim.person_id)


def _relevant(policies: Sequence[PolicyCopy], claim: Claim, kind: ClaimKind) -> list[PolicyCopy]:
    """Return the policies that the claim can be about: of its product, or of any product of the kind."""
    products = {claim.product_code} if claim.product_code else set(kind.products)
    return [policy for policy in policies if policy.product_code in products]
