"""The documents of an application: which it needs, which may stand for another, what is wrong with one."""

from collections.abc import Iterable, Iterator

from common.contracts.pack import ClaimKind
from common.contracts.pack.forms import DocumentRule, FormField
from common.text import Text

from .applicant import days_named
from .application import Application
from .documents import CARDS, Document
from .form import WHOLE, Fault, place_of

UNSORTED = ""
"""The rule of a document that was handed in without one, until recognition says what it is."""
NOT_YET_SORTED = Text("待识别归类", "to be sorted when it has been read")


def document_faults(app: Application) -> Iterator[Fault]:
    """Yield what is missing or wrong among the documents."""
    asked: set[tuple[str, int]] = set()
    for rule, stay in needed_documents(app):
        if (rule.group or rule.code, stay) in asked or present(app, rule, stay):
            continue
        asked.add((rule.group or rule.code, stay))
        yield _missing(app, rule, stay)
    rules = {rule.code: rule for rule in app.kind.documents}
    for document in app.documents:
        fault = _document_fault(document, rules.get(document.rule))
        if fault:
            yield fault


def needed_documents(app: Application) -> Iterator[tuple[DocumentRule, int]]:
    """Yield the documents that must be there, each with its stay (0: the whole claim)."""
    for rule in app.kind.documents:
        for stay in app.stays if rule.per == "stay" else [WHOLE]:
            if rule.required and app.asks(rule, stay):
                yield rule, stay


def _alternatives(app: Application, rule: DocumentRule) -> list[DocumentRule]:
    return [r for r in app.kind.documents if r.code == rule.code or (rule.group and r.group == rule.group)]


def handed_in(app: Application, rule: DocumentRule, stay: int) -> bool:
    """Say whether a needed document or another of its group is among the papers."""
    group = {other.code for other in _alternatives(app, rule)}
    return any(d.rule in group and (rule.per == "claim" or d.stay == stay) for d in app.documents)


def present(app: Application, rule: DocumentRule, stay: int) -> bool:
    """Say whether a needed document, another of its group, or the text in its place is there."""
    if handed_in(app, rule, stay):
        return True
    field = app.kind.text_instead_of(rule)
    text = app.text(field.code, WHOLE) if field else None
    return bool(field and text) and days_named(text or "") >= ((field.names_days if field else 0) or 0)


def stated_instead(app: Application) -> Iterator[tuple[DocumentRule, FormField]]:
    """Yield each needed document in whose place a text stands, with the field of the text."""
    seen: set[str] = set()
    for rule, stay in needed_documents(app):
        field = app.kind.text_instead_of(rule)
        if field and (rule.group or rule.code) not in seen and not handed_in(app, rule, stay):
            seen.add(rule.group or rule.code)
            if present(app, rule, stay):
                yield rule, field


def not_brought(app: Application, places: Iterable[str]) -> list[Fault]:
    """Return a fault for each paper asked for by a return (`places`) that was neither added nor replaced since.

    Another paper of its group counts, and so does the text that may stand in its place.
    """
    by_code = {rule.code: rule for rule in app.kind.documents}
    faults = []
    for place in places:
        code, stay = stay_of_place(place)
        rule = by_code.get(code)
        if rule is None or _answered(app, rule, stay):
            continue
        which = (f"第 {stay} 次住院的", f" of stay {stay}") if stay != WHOLE else ("", "")
        text = Text(
            f"退回时要求补交{which[0]}“{rule.title.zh}”，退回后尚未补交或更换，请上传后再提交。",
            f"The return asked for the “{rule.title.en}”{which[1]}; it was neither added nor replaced since. "
            "Upload it, then hand in again.",
        )
        faults.append(Fault("document.still_missing", text, place))
    return faults


def paper_named(app: Application, document_id: str, *, within: int = WHOLE) -> Text:
    """Name a document for its applicant: what it was handed in as, and which of its kind where there are several.

    `within`: the stay that is being spoken of, which then need not be said.
    """
    document = next(d for d in app.documents if d.document_id == document_id)
    rule = next((r for r in app.kind.documents if r.code == document.rule), None)
    title = rule.title.text() if rule else NOT_YET_SORTED
    same = [d.document_id for d in app.documents if (d.rule, d.stay) == (document.rule, document.stay)]
    number = same.index(document_id) + 1
    which = (f"第 {number} 份", f" no. {number}") if len(same) > 1 else ("", "")
    outside = document.stay not in {WHOLE, within}
    stay = (f"第 {document.stay} 次住院的", f" of stay {document.stay}") if outside else ("", "")
    return Text(f"{stay[0]}{which[0]}“{title.zh}”", f"the “{title.en}”{which[1]}{stay[1]}")


def asked_as_card(app: Application, document: Document) -> bool:
    """Say whether a paper was handed in where the kind asks for a card that says who the person is."""
    rule = next((rule for rule in app.kind.documents if rule.code == document.rule), None)
    return rule is not None and CARDS.issuperset(rule.types)


def _answered(app: Application, rule: DocumentRule, stay: int) -> bool:
    group = {other.code for other in _alternatives(app, rule)}
    if any(d.new and d.rule in group and (rule.per == "claim" or d.stay == stay) for d in app.documents):
        return True
    field = app.kind.text_instead_of(rule)
    return bool(field and app.text(field.code, WHOLE) and present(app, rule, stay))


def stay_of_place(place: str) -> tuple[str, int]:
    """Return code and stay of a place as `place_of` writes it."""
    parts = place.split(".")
    if len(parts) == 3 and parts[0] == "stays" and parts[1].isdigit():
        return parts[2], int(parts[1])
    return place, WHOLE


def _missing(app: Application, rule: DocumentRule, stay: int) -> Fault:
    field = app.kind.text_instead_of(rule)
    if field and app.text(field.code, WHOLE):
        text = Text(
            f"“{field.title.zh}”需写明 {field.names_days} 个日期（如出生日期和离世时间，写作 1950年3月2日），"
            "或上传证明材料。",
            f"“{field.title.en}” has to name {field.names_days} days (birth and death, as 1950-03-02), "
            "or upload the certificate.",
        )
        return Fault("field.days_missing", text, field.code)
    titles = [other.title for other in _alternatives(app, rule)]
    zh, en = "或".join(t.zh for t in titles), " or ".join(t.en for t in titles)
    more_zh = f"，或在“{field.title.zh}”中用文字说明" if field else ""
    more_en = f", or state it in “{field.title.en}”" if field else ""
    return Fault(
        "document.missing",
        Text(f"缺少材料：{zh}，请上传{more_zh}。", f"The document “{en}” is missing. Upload it{more_en}."),
        place_of(rule.code, stay),
    )


def _document_fault(document: Document, rule: DocumentRule | None) -> Fault | None:
    unsorted = document.rule == UNSORTED
    if not unsorted and (rule is None or not rule.recognised):
        return None
    place = "documents" if unsorted else place_of(document.rule, document.stay)
    if document.state == "pending" and not document.overdue:
        text = Text(
            "材料正在识别，请稍候片刻再提交。", "The document is still being read. Try again in a moment."
        )
        return Fault("document.being_read", text, place, document.document_id)
    known = document.state == "recognized" and document.type not in {None, "other"}
    if rule and known and "other" not in rule.types and document.type not in rule.types:
        text = Text(
            f"上传的不是“{rule.title.zh}”，请更换或放到对应的材料栏。",
            f"This is not a “{rule.title.en}”. Replace it, or put it where it belongs.",
        )
        return Fault("document.wrong_type", text, place, document.document_id)
    return None


def sorted_rule(kind: ClaimKind, document_type: str | None, taken: Iterable[str]) -> str:
    """Return the rule that a document handed in without one belongs to, by its recognised type (None: unknown).

    `taken` are the rules that have a paper in its stay: a further receipt goes to the other papers (B.06), and so does
    what no rule is for. A kind without other papers takes it as the first that it requires.
    """
    accepting = [rule for rule in kind.documents if document_type in rule.types and document_type != "other"]
    used, others = set(taken), catch_all(kind)
    free = [rule for rule in accepting if rule.code not in used and rule is not others]
    if free:
        return free[0].code
    if others is not None and (not accepting or others in accepting):
        return others.code
    if accepting:
        return accepting[0].code
    return next((rule for rule in kind.documents if rule.required), kind.documents[0]).code


def catch_all(kind: ClaimKind) -> DocumentRule | None:
    """Return the document of a kind that takes whatever is not asked for elsewhere."""
    return next((rule for rule in kind.documents if not rule.required and "other" in rule.types), None)
