"""What recognition fills into a form: canonical names of a document's fields against the inputs of a claim."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.contracts.pack import ClaimKind, TenantPack
from common.contracts.pack.forms import FormField

from .agreement import PARTS_ON_PAPER, Source, sources_of
from .documents import BY_CODE, BY_INPUT, Document, Reading, day_on_paper
from .form import WHOLE, FieldValue, Form, Key, money_of, options_of

Sources = Mapping[frozenset[str], Source]


def fill(
    kind: ClaimKind, form: Form, documents: Sequence[Document], *, pack: TenantPack
) -> dict[Key, FieldValue]:
    """Return the form with what was read on the documents.

    A typed value stays. Of several readings a verified one wins, then the surer one. Documents of a kind with
    stays fill the stay they belong to. Where the papers of a stay contradict each other, its costs come from one of
    them, and its days, and what is contradicted is not verified.
    """
    read = {document.document_id for document in documents if document.readings}
    filled = {key: v for key, v in form.items() if v.source != "recognized" or v.document_id not in read}
    sources = {
        stay: sources_of([document for document in documents if document.stay == stay])
        for stay in {document.stay for document in documents if document.stay != WHOLE or kind.stays is None}
    }
    for document in documents:
        fields = kind.form.fields if document.stay == WHOLE or kind.stays is None else kind.stays.fields
        for item in fields:
            stay = WHOLE if fields is kind.form.fields else document.stay
            value = _reading_of(item, document, pack)
            if value is not None:
                value = _from_source(item, value, document, sources.get(document.stay, {}))
            if value is None:
                continue
            known = filled.get((item.code, stay))
            if known is None or _better(value, known, document.document_id):
                filled[item.code, stay] = FieldValue(
                    item.code,
                    stay,
                    value.value,
                    "recognized",
                    confidence=value.confidence,
                    verified=value.verified,
                    document_id=document.document_id,
                )
    return filled


def printed_name(item: FormField) -> str | None:
    """Return what papers call a field, None if they do not show it."""
    return BY_INPUT.get(item.input or "") or BY_CODE.get(item.code)


def may_be_read(item: FormField) -> bool:
    """Say whether what is read on a paper can fill a field."""
    if item.from_register:
        return False
    return item.options_from == "illnesses" if item.type == "choice" else printed_name(item) is not None


def _from_source(item: FormField, value: Reading, document: Document, sources: Sources) -> Reading | None:
    """Return a value as it may be filled in: None where the papers disagree and another one is the source.

    Payments come from the source alone, for together with another paper's they would sum to nobody's total.
    """
    name = printed_name(item)
    source = next((source for group, source in sources.items() if name in group), None)
    if source is None:
        return value
    if document.document_id == source.document_id:
        return replace(value, verified=value.verified and name not in source.contradicted)
    return None if name in source.names | PARTS_ON_PAPER else replace(value, verified=False)


def _better(reading: Reading, known: FieldValue, document_id: str) -> bool:
    if known.source == "typed":
        return False
    if known.document_id == document_id:
        return True
    return (reading.verified, reading.confidence) > (known.verified, known.confidence or 0)


def _reading_of(item: FormField, document: Document, pack: TenantPack) -> Reading | None:
    """Return what a document says about a field, in the field's stored form; None if nothing fits."""
    if item.from_register:
        return None
    if item.type == "choice":
        return _choice(item, document, pack)
    name = printed_name(item)
    reading = document.readings.get(name) if name else None
    if reading is None and item.code == "receipt_number":
        reading = document.readings.get("发票号码")
    if reading is None:
        return None
    if item.type == "money":
        amount = money_of(reading.value)
        return Reading(str(amount), reading.confidence, reading.verified) if amount is not None else None
    if item.type == "date":
        day = day_on_paper(reading.value)
        return Reading(day.isoformat(), reading.confidence, reading.verified) if day else None
    return reading


def _choice(item: FormField, document: Document, pack: TenantPack) -> Reading | None:
    """Offer the illness whose name stands in the diagnosis; never as verified."""
    diagnosis = document.readings.get("诊断")
    if diagnosis is None or item.options_from != "illnesses":
        return None
    for code, title in options_of(item, pack).items():
        if title.zh.split("（")[0] in diagnosis.value:
            return Reading(code, min(diagnosis.confidence, 0.5), False)
    return None
