"""What the papers of a stay say about one field where they disagree, as screens show it beside the value."""

from uuid import UUID

from .dossier import Dossier
from .rules.agreement import differing
from .rules.filling import printed_name
from .rules.form import WHOLE, Key
from .rules.papers import paper_named
from .schemas import ReadingRead


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
    return found
