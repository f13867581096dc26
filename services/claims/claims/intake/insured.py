"""Finding the insured person that an application is for: by document number and name together, so nobody can probe."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys
from common.identifiers import id_number_faults, plain_name, plain_number

from ..copies.models import PersonCopy, PolicyCopy
from ..copies.repository import CopyRepository
from .dossier import NAME
from .errors import DocumentNumberWrong, PersonNotFound

ID_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Insured:
    """A person of the register or of a policy."""

    person_id: UUID
    policies: Sequence[PolicyCopy]
    person: PersonCopy | None


async def find_insured(
    session: AsyncSession, *, tenant_id: UUID, document_number: str, name: str | None, keys: TenantKeys
) -> Insured:
    """Return the person with this document and, where one is given, this name; PersonNotFound otherwise.

    DocumentNumberWrong where nobody has it and it cannot be an ID number, with the check digit expected.
    """
    copies = CopyRepository(session, tenant_id)
    indexes = keys.blinds("document", plain_number(document_number).upper())
    policies = await copies.policies_by_document(indexes)
    person = await copies.person_by_document(indexes)
    if not policies and person is None:
        _must_be_possible(document_number)
        raise PersonNotFound
    tokens = [policy.name for policy in policies] + ([person.name] if person else [])
    known = {_plain(keys.open(token, context=NAME)) for token in tokens}
    if name is not None and _plain(name) not in known:
        raise PersonNotFound
    person_id = person.id if person is not None else policies[0].person_id
    return Insured(person_id, [p for p in policies if p.person_id == person_id], person)


def _must_be_possible(document_number: str) -> None:
    """Raise DocumentNumberWrong for what is as long as an ID number and cannot be one."""
    number = plain_number(document_number).upper()
    looks_like_one = len(number) == ID_LENGTH and number[: ID_LENGTH - 1].isdigit()
    faults = id_number_faults(number) if looks_like_one else ()
    if faults:
        raise DocumentNumberWrong(
            errors=[
                {"field": "document_number", "code": f.code, "message": f.sentence.in_language()}
                for f in faults
            ]
        )


def _plain(name: str) -> str:
    return "".join(plain_name(name).split())
