"""The answers of an application: typed ones sealed in the row, the register's taken from the copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product, TenantPack
from common.contracts.pack.forms import FormField
from common.crypto import TenantKeys
from common.forms import Fault, answered, typed_value
from common.identifiers import mask_name
from common.text import Text

from ..copies.models import PersonCopy, UnitCopy
from ..copies.repository import CopyRepository
from ..people.sealing import DOCUMENT, MOBILE, NAME, WORK_NUMBER
from ..register.known import entry_of
from ..register.repository import known_of
from ..rosters import RegisterEntry
from .errors import AnswersInvalid, PersonUnknown
from .models import Application

FROM_REGISTER = Text(
    "此项取自会员名册，如有错误请先办理信息变更。",
    "This comes from the register; have it changed there if it is wrong.",
)
UNKNOWN_FIELD = Text(
    "表单中没有“{field}”这一项，请刷新后重填。",
    "The form has no field {field}. Refresh and fill it in again.",
)
ANSWERS = "enrollment.application"
CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Person:
    """The applicant as the register has them, opened."""

    copy: PersonCopy
    unit: UnitCopy
    name: str
    document: str
    mobile: str
    work_number: str
    """工号 at the member's own unit; empty where nobody has told it."""
    entry: RegisterEntry
    """What the register has of the document: its kind, and sex and birth date where its number does not tell them."""

    def registered(self, source: str | None) -> str:
        """Return what the register says for a field; empty where it says nothing, so that the member types it."""
        known = {
            "name": self.name,
            "id_number": self.document,
            "mobile": self.mobile,
            "unit": self.unit.name,
            "staff_number": self.work_number,
        }
        return known.get(source or "", "")


async def load_person(session: AsyncSession, person_id: UUID, keys: TenantKeys) -> Person:
    """Return a confirmed member with an approved unit; PersonUnknown otherwise."""
    copies = CopyRepository(session, session.info["tenant_id"])
    copy = await copies.person(person_id)
    unit = await copies.unit(copy.unit_id) if copy and copy.unit_id else None
    if copy is None or unit is None or copy.state != CONFIRMED:
        raise PersonUnknown
    return Person(
        copy,
        unit,
        name=keys.open(copy.name_token, context=NAME),
        document=keys.open(copy.document_token, context=DOCUMENT),
        mobile=keys.open(copy.mobile_token, context=MOBILE) if copy.mobile_token else "",
        work_number=keys.open(copy.work_number_token, context=WORK_NUMBER) if copy.work_number_token else "",
        entry=entry_of(known_of(copy), keys),
    )


async def shown_names(session: AsyncSession, person_ids: set[UUID], keys: TenantKeys) -> dict[UUID, str]:
    """Return the names of persons as lists show them: masked."""
    tokens = await CopyRepository(session, session.info["tenant_id"]).person_names(person_ids)
    return {person_id: mask_name(keys.open(token, context=NAME)) for person_id, token in tokens.items()}


def fields_of(product: Product) -> tuple[FormField, ...]:
    """Return the fields of a product's form."""
    return product.form.fields if product.form else ()


def typed_answers(application: Application, keys: TenantKeys) -> dict[str, str]:
    """Open what the member has typed."""
    if application.answers_token is None:
        return {}
    answers: dict[str, str] = orjson.loads(keys.open(application.answers_token, context=ANSWERS))
    return answers


def sealed_answers(answers: Mapping[str, str], keys: TenantKeys) -> str:
    """Seal typed answers."""
    return keys.seal(orjson.dumps(answers, option=orjson.OPT_SORT_KEYS).decode(), context=ANSWERS)


def all_answers(product: Product, typed: Mapping[str, str], person: Person) -> dict[str, str]:
    """Return the answers of the fields that apply: the register's where it has one, else the typed ones."""
    found = {
        field.code: person.registered(field.from_register) or typed.get(field.code, "")
        for field in fields_of(product)
    }
    applying = {field.code for field in answered(fields_of(product), found)}
    return {code: value for code, value in found.items() if value and code in applying}


def checked_answers(
    written: Mapping[str, str], product: Product, pack: TenantPack, person: Person
) -> dict[str, str]:
    """Return typed answers in their stored form; AnswersInvalid with every fault.

    What the register knows is not typed: such an answer is dropped if it is the same, refused if it differs.
    """
    fields = {field.code: field for field in fields_of(product)}
    kept: dict[str, str] = {}
    faults: list[Fault] = []
    for code, text in written.items():
        field = fields.get(code)
        if field is None:
            faults.append(Fault("field.unknown", UNKNOWN_FIELD.format(field=code), code))
            continue
        value, wrong = typed_value(field, text, pack=pack, place=code)
        known = person.registered(field.from_register)
        if known and value != known:
            faults.append(Fault("field.from_register", FROM_REGISTER, code))
        faults += wrong
        if value and not known:
            kept[code] = value
    if faults:
        raise AnswersInvalid(errors=[fault.as_error() for fault in faults])
    return kept
