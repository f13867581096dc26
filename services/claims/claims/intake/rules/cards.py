"""The card that is paid to, and the one that a bank card among the papers shows. Pure."""

from collections.abc import Iterator, Sequence

from common.contracts.pack import ClaimKind
from common.contracts.pack.base import LocalText
from common.contracts.pack.forms import FormField
from common.identifiers import bank_card_faults, compact_number, mask_bank_card
from common.text import Text

from .applicant import HEIR
from .application import Application
from .documents import Document
from .papers import paper_named
from .routing import Reason

BANK_CARD, NUMBER = "bank_card", "卡号"
BANK_NAME = FormField(
    code="bank_name", type="text", max_length=100, title=LocalText(zh="开户银行", en="Bank of the card")
)
"""The bank of the card, beside every field in which one is named; its place is BANK, where no pack has a field."""


def cards_on_paper(documents: Sequence[Document]) -> dict[str, str]:
    """Return the card numbers that were read on bank cards and can be right, by document."""
    found = {}
    for document in documents:
        reading = document.readings.get(NUMBER) if document.type == BANK_CARD else None
        if reading is not None and not bank_card_faults(number := compact_number(reading.value)):
            found[document.document_id] = number
    return found


def differing_cards(app: Application) -> Iterator[Reason]:
    """Yield each bank card among the papers that is not the card paid to: the reviewer compares them (B.09)."""
    if app.card is None:
        return
    for document_id, number in cards_on_paper(app.documents).items():
        if number != app.card:
            title, paid, read = (
                paper_named(app, document_id), mask_bank_card(app.card), mask_bank_card(number),
            )  # fmt: skip
            text = Text(
                f"收款银行卡 {paid} 与{title.zh}上的 {read} 不一致",
                f"paid to the card {paid}, {title.en} shows {read}",
            )
            yield Reason("payee.card_differs", text, code_of_card(app))


def card_field(kind: ClaimKind) -> FormField | None:
    """Return the field of a form in which a card is named, None where the form has none."""
    return next((field for field in kind.form.fields if field.type == BANK_CARD), None)


def code_of_card(app: Application) -> str:
    """Return the code of the field that shows the card paid to; "payee" where the form has none, or for an heir."""
    if app.applying.payee == HEIR:
        return "payee"
    field = card_field(app.kind)
    return field.code if field else "payee"
