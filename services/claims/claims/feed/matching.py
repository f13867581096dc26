"""From settlement lines to the policies and claims that come of them; a line without a policy ends here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.pack import ClaimKind, TenantPack
from common.crypto import TenantKeys
from common.identifiers import plain_name, unit_name_key
from common.ids import new_id
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..copies.models import PersonCopy, PolicyCopy, UnitCopy
from ..copies.repository import CopyRepository
from ..decisions.rules import due_on
from ..intake.models import Claim
from ..intake.rules.form import WHOLE, FieldValue, day_of, dump_form
from .importing import FACTS
from .models import FeedLine
from .rules import LineReason, event_day, illness_of

FORM = "claims.form"
NAME = "person.name"
NOBODY = LineReason("feed.unmatched", Text("没有此身份证号的参保人", "nobody with this ID number is covered"))
OTHER_NAME = LineReason(
    "feed.name_differs", Text("姓名与参保人不一致", "the name is not the covered person's"), "name"
)
NO_COVER = LineReason(
    "feed.not_covered", Text("当日不在保障期内", "not covered on that day"), "admission_date"
)
NO_KIND = LineReason(
    "feed.no_kind", Text("该工会没有此类免申即享项目", "the union pays no such events by itself")
)


@dataclass
class Case:
    """A line with the policy, the rules and the claim that come of it."""

    line: FeedLine
    values: dict[str, str]
    policies: list[PolicyCopy]
    policy: PolicyCopy
    pack: TenantPack
    kind: ClaimKind
    claim: Claim
    unit_differs: bool = False
    """Whether the feed names another unit than that of the policy, by no name that anybody has linked."""
    told: str = ""
    """The sealed form that the line makes, where `claim` is one that waits already."""

    @property
    def stay(self) -> tuple[date, date] | None:
        """Admission and discharge of a hospital line."""
        admitted, discharged = (
            day_of(self.values.get(name, "")) for name in ("admission_date", "discharge_date")
        )
        return (admitted, discharged) if admitted and discharged else None


async def match_lines(
    session: AsyncSession, tenant_id: UUID, lines: Sequence[FeedLine], keys: TenantKeys
) -> list[Case]:
    """Find the policy of each line; a line without one ends here."""
    opened = {line.id: orjson.loads(keys.open(line.facts or "", context=FACTS)) for line in lines}
    indexes = {line.id: set(keys.blinds("document", opened[line.id]["id_number"])) for line in lines}
    copies = CopyRepository(session, tenant_id)
    found = await copies.policies_by_document(set().union(*indexes.values()))
    people = await copies.persons({policy.person_id for policy in found})
    units = await copies.units({policy.unit_id for policy in found})
    aliases = await copies.aliases({unit_name_key(told.get("unit_name", "")) for told in opened.values()})
    pack = await current_pack(session)
    by_index = _by_index(found, people)
    cases: list[Case] = []
    for line in lines:
        mine = list(
            {policy.id: policy for index in indexes[line.id] for policy in by_index.get(index, ())}.values()
        )
        case = await _case(session, line, opened[line.id], mine, people, pack, keys)
        if isinstance(case, Case):
            unit = units.get(case.policy.unit_id)
            case.claim.org_path = unit.org_path if unit else ""
            case.unit_differs = unit is not None and _is_other_unit(
                case.values.get("unit_name", ""), unit, aliases
            )
            cases.append(case)
    return cases


def _by_index(
    policies: Sequence[PolicyCopy], people: Mapping[UUID, PersonCopy]
) -> dict[str, list[PolicyCopy]]:
    """Return the policies by document index: that of the policy, and that which the person has in the register now."""
    found: dict[str, list[PolicyCopy]] = {}
    for policy in policies:
        person = people.get(policy.person_id)
        for index in {policy.document_index, person.document_index if person else policy.document_index}:
            found.setdefault(index, []).append(policy)
    return found


def _is_other_unit(told: str, unit: UnitCopy, aliases: Mapping[str, UUID]) -> bool:
    key = unit_name_key(told)
    return bool(key) and key != unit_name_key(unit.name) and aliases.get(key) != unit.id


async def _case(
    session: AsyncSession,
    line: FeedLine,
    values: dict[str, str],
    policies: list[PolicyCopy],
    people: Mapping[UUID, PersonCopy],
    pack: TenantPack,
    keys: TenantKeys,
) -> Case | None:
    if not policies:
        line.end("unmatched", NOBODY.as_dict())
        return None
    kind, products = _kind(pack, values["event"])
    day = event_day(values)
    fitting = [policy for policy in policies if policy.product_code in products]
    holding = [policy for policy in fitting if day is not None and policy.covers(day)]
    if kind is None:
        line.end("failed", NO_KIND.as_dict())
    elif not holding:
        line.end("not_covered", NO_COVER.as_dict())
    elif not (named := [p for p in holding if _same_name(values["name"], _names(p, people), keys)]):
        line.end("unmatched", OTHER_NAME.as_dict())
    else:
        policy = named[0]
        own = await pack_of_version(session, policy.pack_version)
        own_kind, _ = _kind(own, values["event"])
        chosen, chosen_kind = (own, own_kind) if own_kind else (pack, kind)
        same = [item for item in fitting if item.product_code == policy.product_code]
        claim = _claim(line, values, policy, chosen, chosen_kind, keys)
        return Case(line, values, same, policy, chosen, chosen_kind, claim)
    return None


def _kind(pack: TenantPack, event: str) -> tuple[ClaimKind | None, frozenset[str]]:
    """Return the kind of claim that the feed opens for an event, and the products it is about."""
    kind = next((k for k in pack.claims if k.event == event and "feed" in k.opened_by), None)
    return kind, frozenset(kind.products) if kind else frozenset()


def _names(policy: PolicyCopy, people: Mapping[UUID, PersonCopy]) -> list[str]:
    """Return the sealed name on a policy, and that of the register, where a change was approved since."""
    person = people.get(policy.person_id)
    return [policy.name, person.name] if person else [policy.name]


def _same_name(name: str, sealed: Collection[str], keys: TenantKeys) -> bool:
    told = "".join(plain_name(name).split())
    return any("".join(plain_name(keys.open(token, context=NAME)).split()) == told for token in sealed)


def _claim(
    line: FeedLine,
    values: dict[str, str],
    policy: PolicyCopy,
    pack: TenantPack,
    kind: ClaimKind,
    keys: TenantKeys,
) -> Claim:
    """Return a claim filled with a line's values."""
    admitted, discharged = day_of(values.get("admission_date", "")), day_of(values.get("discharge_date", ""))
    days = [day for day in (discharged or event_day(values),) if day]
    form = orjson.dumps(dump_form(_form(kind, pack, values))).decode()
    return Claim(
        id=new_id(),
        tenant_id=line.tenant_id,
        created_at=now(),
        version=1,
        kind=kind.code,
        event=kind.event,
        product_code=policy.product_code,
        fund=pack.product(policy.product_code).fund,
        policy_id=policy.id,
        person_id=policy.person_id,
        unit_id=policy.unit_id,
        org_path="",
        pack_version=pack.version,
        opened_by="feed",
        status="to_upload",
        round=1,
        form=keys.seal(form, context=FORM),
        event_on=event_day(values),
        admitted_on=admitted,
        discharged_on=discharged,
        due_on=due_on(kind, days),
        review_reasons=[],
        automatic=False,
    )


def _form(kind: ClaimKind, pack: TenantPack, values: dict[str, str]) -> dict[tuple[str, int], FieldValue]:
    """Return the kind's form filled from a line; what the insurer says counts as verified."""
    told = dict(values)
    illness = illness_of(pack, values["icd10"]) if "icd10" in values else None
    if illness:
        told["illness"] = illness
    form: dict[tuple[str, int], FieldValue] = {}
    for fields, stay in ((kind.form.fields, WHOLE), (kind.stays.fields if kind.stays else (), 1)):
        for field in fields:
            text = told.get(field.input or "") or told.get(field.code)
            if text and not field.from_register:
                form[field.code, stay] = FieldValue(
                    field.code, stay, text, "feed", confidence=1.0, verified=True
                )
    return form
