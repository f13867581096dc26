"""What the papers of a stay say about one field where they disagree, as screens show it beside the value."""

from uuid import UUID

from common.identifiers import mask_bank_card
from common.text import Text

from .dossier import Dossier
from .field_schemas import ReadingRead
from .rules.agreement import differing
from .rules.cards import cards_on_paper, code_of_card
from .rules.filling import printed_name
from .rules.form import WHOLE, Key
from .rules.papers import paper_named

ON_FILE = Text("已登记的收款卡", "The card on file")
NAMED_HERE = Text("本次填写的收款卡", "The card typed here")


def contradictions(dossier: Dossier) -> dict[Key, list[ReadingRead]]:
    """Return the readings of each field that papers of its stay disagree about, by field and stay."""
    found: dict[Key, list[ReadingRead]] = {}
    fields = dossier.kind.stays.fields if dossier.kind.stays else dossier.kind.form.fields
    codes = {name: field.code for field in fields if (name := printed_name(field))}
    for stay in {document.stay for document in dossier.documents}:
        if dossier.kind.stays and stay == WHOLE:
            continue
        papers = [document for document in dossier.documents if document.stay == stay]
        for name, said in differing(papers):
            if name not in codes:
                continue
            application = dossier.application()
            value = dossier.form.get((codes[name], stay))
            found[codes[name], stay] = [
                ReadingRead(
                    document_id=UUID(paper.document_id),
                    title=paper_named(application, paper.document_id, within=stay).in_language(),
                    value=text,
                    used=value is not None
                    and value.source == "recognized"
                    and value.document_id == paper.document_id,
                )
                for paper, text in said
            ]
    return found | _cards(dossier)


def _cards(dossier: Dossier) -> dict[Key, list[ReadingRead]]:
    """Return the card that is paid to and those on bank cards among the papers, masked, where they differ."""
    application = dossier.application()
    code, paid = code_of_card(application), application.card
    on_paper = cards_on_paper(dossier.documents)
    if code == "payee" or not any(number != paid for number in on_paper.values()):
        return {}
    found = [
        ReadingRead(
            document_id=UUID(document_id),
            title=paper_named(application, document_id).in_language(),
            value=mask_bank_card(number),
            used=number == paid,
        )
        for document_id, number in on_paper.items()
    ]
    if paid is not None and paid not in on_paper.values():
        named = NAMED_HERE if (dossier.claim.payee or {}).get("card") else ON_FILE
        kept = ReadingRead(document_id=None, title=named.in_language(), value=mask_bank_card(paid), used=True)
        found.insert(0, kept)
    return {(code, WHOLE): found}
