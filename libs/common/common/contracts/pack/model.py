"""The pack as a whole: a city union described as data. Sections live in the modules beside this one."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Protocol, TypeVar

import orjson
from pydantic import ConfigDict, Field

from .activities import Campaign
from .bank import Bank
from .base import Part
from .benefits import Benefit
from .chains import Chain, Chains
from .claims import ClaimKind
from .content import Article, CatalogueItem, Illness, Privacy
from .demo import Demo
from .messages import Message, Notices
from .money import Account, Dues, Fund, Rounding
from .organisation import Organisation
from .products import Product
from .registration import Registration
from .reports import Report
from .roles import Role
from .tenant import Tenant


class _HasCode(Protocol):
    @property
    def code(self) -> str: ...


_Coded = TypeVar("_Coded", bound=_HasCode)


class TenantPack(Part):
    """Everything that makes one union different from another.

    `format` is the version of this model, `version` the number of the union's pack (each change counts one up),
    `effective_from` the day in Asia/Shanghai from which the version holds.
    """

    model_config = ConfigDict(title="Huzhu tenant pack")

    format: Literal[1] = 1
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    effective_from: date
    tenant: Tenant
    organisation: Organisation
    registration: Registration
    account: Account
    funds: Annotated[tuple[Fund, ...], Field(min_length=1)]
    rounding: Rounding = Rounding()
    illnesses: tuple[Illness, ...] = ()
    benefits: Annotated[tuple[Benefit, ...], Field(min_length=1)]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    dues: Dues | None = None
    claims: Annotated[tuple[ClaimKind, ...], Field(min_length=1)]
    chains: Chains
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    notices: Notices = Notices()
    messages: tuple[Message, ...] = ()
    catalogue: tuple[CatalogueItem, ...] = ()
    content: tuple[Article, ...] = ()
    privacy: Privacy
    bank: Bank
    activities: tuple[Campaign, ...] = ()
    reports: tuple[Report, ...] = ()
    demo: Demo = Demo()

    @property
    def code(self) -> str:
        """The tenant's code."""
        return self.tenant.code

    def product(self, code: str) -> Product:
        """Return the product with this code; KeyError if the pack has none."""
        return _by_code(self.products, code)

    def benefit(self, code: str) -> Benefit:
        """Return the benefit with this code; KeyError if the pack has none."""
        return _by_code(self.benefits, code)

    def benefits_of(self, product: str) -> tuple[Benefit, ...]:
        """Return the benefits of a product in its order; KeyError if the pack has no such product."""
        return tuple(self.benefit(code) for code in self.product(product).benefits)

    def claim_kind(self, code: str) -> ClaimKind:
        """Return the claim kind with this code; KeyError if the pack has none."""
        return _by_code(self.claims, code)

    def claim_chain(self, kind: str) -> Chain:
        """Return the approval chain of a claim kind; KeyError if the pack has no such kind."""
        return self.chains.claim(self.claim_kind(kind).chain)

    def role(self, code: str) -> Role:
        """Return the role with this code; KeyError if the pack has none."""
        return _by_code(self.roles, code)

    def fund(self, code: str) -> Fund:
        """Return the fund with this code; KeyError if the pack has none."""
        return _by_code(self.funds, code)

    def article(self, code: str) -> Article:
        """Return the article with this code; KeyError if the pack has none."""
        return _by_code(self.content, code)

    def report(self, code: str) -> Report:
        """Return the report with this code; KeyError if the pack has none."""
        return _by_code(self.reports, code)

    def messages_for(self, event: str) -> tuple[Message, ...]:
        """Return the templates of an event, e.g. `claims.payout_completed`; empty if it is told to nobody."""
        return tuple(message for message in self.messages if message.event == event)

    def to_json(self) -> str:
        """Return the pack as JSON text, to travel in an event or stand in a database column."""
        return self.model_dump_json(exclude_none=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the pack as plain JSON values (amounts and days as strings)."""
        data: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        return data

    @classmethod
    def from_json(cls, data: str | bytes | Mapping[str, Any]) -> "TenantPack":
        """Return the pack that `to_json` or `to_dict` wrote; pydantic's ValidationError if it is none.

        The shape is checked again, the cross references are not: they held when the pack was applied.
        """
        return cls.model_validate_json(data if isinstance(data, str | bytes) else orjson.dumps(data))


def _by_code(parts: tuple[_Coded, ...], code: str) -> _Coded:
    for part in parts:
        if part.code == code:
            return part
    raise KeyError(code)
