"""An application with all that its rules look at."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.contracts.pack import ClaimKind, TenantPack
from common.contracts.pack.forms import DocumentRule, FormField

from .applicant import Applying, asked_of
from .documents import Document
from .form import WHOLE, Form, field_of, holds, stays_of


@dataclass(frozen=True, slots=True)
class Term:
    """A person's cover by one policy, both days included."""

    key: str
    product: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Application:
    """An application with all that the rules look at."""

    kind: ClaimKind
    pack: TenantPack
    form: Form
    documents: Sequence[Document]
    insured_names: Sequence[str]
    terms: Sequence[Term]
    today: date
    applying: Applying = dataclasses.field(default_factory=Applying)
    card: str | None = None
    """The number of the card that would be paid to, None where nothing names one."""

    @property
    def stays(self) -> list[int]:
        """Numbers of the stays."""
        return stays_of(self.kind, self.form, [document.stay for document in self.documents])

    def asks(self, item: FormField | DocumentRule, stay: int) -> bool:
        """Say whether a field or document is asked for: of this applicant, by what is filled in."""
        return asked_of(item, self.applying.relation) and holds(item.when, self.form, stay)

    def text(self, code: str, stay: int) -> str | None:
        """Return the value of the field with this code; what a condition hides does not count."""
        value = self.form.get((code, stay))
        field = field_of(self.kind, code, stay)
        if field is not None and not self.asks(field, stay):
            return None
        return value.value if value and value.value else None

    def inputs(self, stay: int) -> dict[str, str]:
        """Return the values of a stay (0: of the whole claim) by the input that they fill."""
        fields = (
            self.kind.form.fields if stay == WHOLE else (self.kind.stays.fields if self.kind.stays else ())
        )
        found = {field.input: self.text(field.code, stay) for field in fields if field.input}
        return {name: value for name, value in found.items() if value is not None}

    def code_of(self, name: str) -> str:
        """Return the code of the field that fills an input."""
        return next((field.code for field in self.kind.all_fields if field.input == name), name)
