"""What must hold before an application is handed in. Every fault is found, and each says what to do."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from common.contracts.pack.forms import FormField
from common.text import Text

from .agreement import PARTS
from .applicant import HEIR, applying_faults
from .application import Application
from .documents import CARDS, RECEIPTS, Document, normal_number
from .filling import may_be_read
from .form import WHOLE, Fault, day_of, money_of, place_of
from .names import NOT_THE_PERSONS, name_verdict
from .papers import asked_as_card, document_faults, paper_named

LONGEST_STAY = timedelta(days=1100)
TOLERANCE = Decimal("0.05")


def faults_of(application: Application) -> list[Fault]:
    """Return all that keeps the application from being handed in; an empty list means that it may be."""
    return [
        *_fields(application),
        *applying_faults(application.kind, application.form, application.applying),
        *document_faults(application),
        *_persons(application),
        *_dates(application),
        *_amounts(application),
        *_cover(application),
    ]


def _fields(app: Application) -> Iterator[Fault]:
    for stay in (WHOLE, *app.stays):
        fields = app.kind.form.fields if stay == WHOLE else (app.kind.stays.fields if app.kind.stays else ())
        for field in fields:
            needed = (
                field.required
                and not (field.from_register or field.set_to)
                # whose card is paid to is asked for in one place: the payee's
                and field.type != "bank_card"
                and app.asks(field, stay)
            )
            if needed and app.text(field.code, stay) is None:
                yield Fault("field.missing", _missing_text(field), place_of(field.code, stay))
    if app.kind.stays and len(app.stays) > app.kind.stays.max:
        most = app.kind.stays.max
        yield Fault(
            "stays.too_many",
            Text(
                f"一次申请最多 {most} 次住院，请分开申请。",
                f"At most {most} stays in one claim. Make another.",
            ),
            "stays",
        )


def _missing_text(field: FormField) -> Text:
    if may_be_read(field):
        return Text(
            f"{field.title.zh}：此项必填，请填写或上传能读出此项的材料。",
            f"{field.title.en}: required; enter it, or upload a document that shows it.",
        )
    if field.type in {"choice", "yes_no", "date"}:
        return Text(f"{field.title.zh}：此项必填，请选择。", f"{field.title.en}: required; choose an answer.")
    return Text(f"{field.title.zh}：此项必填，请填写。", f"{field.title.en}: required; enter it.")


def _persons(app: Application) -> Iterator[Fault]:
    for document in app.documents:
        if not must_be_the_persons(app, document):
            continue
        if document.holder and name_verdict(document.holder, app.insured_names) == "other":
            paper = paper_named(app, document.document_id)
            yield Fault(
                "claim.receipt_of_another_person",
                Text(NOT_THE_PERSONS.zh.format(paper=paper.zh), NOT_THE_PERSONS.en.format(paper=paper.en)),
                place_of(document.rule, document.stay),
                document.document_id,
            )


def must_be_the_persons(app: Application, document: Document) -> bool:
    """Say whether a paper of another person keeps the application back.

    An ID card counts where the kind asks for one there, and the person is alive: among other papers, or where an heir
    is paid, it may well be a relative's.
    """
    if document.type not in CARDS:
        return document.type != "other"
    return asked_as_card(app, document) and app.applying.payee != HEIR


def event_days(app: Application) -> dict[int, set[date]]:
    """Return the days on which cover must hold: of each stay, or of the event (stay 0)."""
    benefits = [app.pack.benefit(code) for code in app.kind.benefits]
    found: dict[int, set[date]] = {}
    for stay in app.stays:
        values = app.inputs(stay)
        names = {"discharge_date" if b.event_on == "discharge" else "admission_date" for b in benefits}
        found[stay] = {day for name in names if (day := day_of(values.get(name, "")))}
    if not app.stays and (day := day_of(app.inputs(WHOLE).get("event_date", ""))):
        found[WHOLE] = {day}
    return found


def _dates(app: Application) -> Iterator[Fault]:
    for stay in (WHOLE, *app.stays):
        values = app.inputs(stay)
        days = {name: day for name in values if name.endswith("_date") and (day := day_of(values[name]))}
        for name, day in days.items():
            if day > app.today:
                text = Text("日期不能晚于今天，请核对。", "The day is in the future. Check it.")
                yield Fault("date.future", text, place_of(app.code_of(name), stay))
        admitted, discharged = days.get("admission_date"), days.get("discharge_date")
        if admitted and discharged and not timedelta(0) <= discharged - admitted <= LONGEST_STAY:
            text = Text(
                "出院日期应不早于入院日期，请核对。", "The discharge is before the admission. Check both."
            )
            yield Fault("date.order", text, place_of(app.code_of("discharge_date"), stay))
    yield from _too_late(app)
    yield from _same_stay(app)


def event_faults(app: Application) -> list[Fault]:
    """Return what is wrong with the days alone: such that no claim about them can be handed in, whatever else is."""
    return [*_dates(app), *_cover(app)]


def value_faults(app: Application) -> list[Fault]:
    """Return what is wrong with the values that are there, whatever is still missing."""
    return [*_dates(app), *_amounts(app), *_cover(app)]


def _too_late(app: Application) -> Iterator[Fault]:
    limit = app.kind.submit_within_days
    days = [day for found in event_days(app).values() for day in found]
    if limit is not None and days and (app.today - max(days)).days > limit:
        text = Text(
            f"应在出险后 {limit} 天内申请，现已超过；如有特殊情况请联系工会。",
            f"The claim must be made within {limit} days of the event. If you have a reason, ask the union.",
        )
        yield Fault("claim.too_late", text)


def share_days(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Say whether two stays share time; leaving and entering on one day is a transfer, not an overlap."""
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])


def days_of_stays(app: Application) -> dict[int, tuple[date, date]]:
    """Return admission and discharge of every stay whose days are both known."""
    found = {}
    for stay in app.stays:
        values = app.inputs(stay)
        admitted = day_of(values.get("admission_date", ""))
        discharged = day_of(values.get("discharge_date", ""))
        if admitted and discharged and admitted <= discharged:
            found[stay] = (admitted, discharged)
    return found


def _same_stay(app: Application) -> Iterator[Fault]:
    """Yield one fault for each stay that begins with an earlier one, or shares days with it."""
    spans = days_of_stays(app)
    admissions: dict[int, str] = {}
    for stay in app.stays:
        place = place_of(app.code_of("admission_date"), stay)
        admitted = app.inputs(stay).get("admission_date")
        shared = [n for n in spans if n < stay and stay in spans and share_days(spans[n], spans[stay])]
        if admitted is not None and admitted in admissions.values():
            text = Text(
                "两次住院的入院日期相同，请合并为一次。", "Two stays begin on the same day. Make one of them."
            )
            yield Fault("stay.twice", text, place)
        elif shared:
            yield Fault("stay.overlaps", _overlap_text(stay, shared[0], spans), place)
        if admitted is not None:
            admissions[stay] = admitted


def _overlap_text(stay: int, other: int, spans: Mapping[int, tuple[date, date]]) -> Text:
    (a, b), (c, d) = spans[stay], spans[other]
    return Text(
        f"第 {stay} 次住院（{a} 至 {b}）与第 {other} 次住院（{c} 至 {d}）日期重叠；"
        "请核对入院、出院日期，同一次住院请合并为一次。",
        f"Stay {stay} ({a} to {b}) overlaps stay {other} ({c} to {d}). "
        "Check the days of both; if they are one stay, make one of them.",
    )


def amounts_of(values: Mapping[str, str]) -> dict[str, Decimal]:
    """Return the costs among the inputs of a stay."""
    dates = {"admission_date", "discharge_date", "event_date", "hospital", "illness", "grade", "reason"}
    found = {name: money_of(text) for name, text in values.items() if name not in dates}
    return {name: amount for name, amount in found.items() if amount is not None}


def _amounts(app: Application) -> Iterator[Fault]:
    for stay in (WHOLE, *app.stays):
        costs = amounts_of(app.inputs(stay))
        total = costs.get("total_cost")
        if total is None:
            continue
        parts = sum((costs.get(name, Decimal(0)) for name in PARTS), Decimal(0))
        if parts > total + TOLERANCE:
            text = Text(
                f"各项支付之和 {parts} 元大于金额合计 {total} 元，请对照票据核对。",
                f"The payments sum to {parts} yuan, more than the total of {total}. Check them against the receipt.",
            )
            yield Fault("amount.exceeds_total", text, place_of(app.code_of("total_cost"), stay))


def _cover(app: Application) -> Iterator[Fault]:
    if app.kind.cover != "product":
        return
    terms = "；".join(f"{term.starts_on}—{term.ends_on}" for term in app.terms) or "无"
    diagnosed = day_of(app.inputs(WHOLE).get("event_date", ""))
    # An illness with its stays: the day of the diagnosis has to be covered, too.
    for stay, days in ({WHOLE: {diagnosed} if diagnosed else set()} | event_days(app)).items():
        for day in sorted(days):
            if not any(term.starts_on <= day <= term.ends_on for term in app.terms):
                text = Text(
                    f"{day} 不在保障期内（保障期：{terms}），请核对日期；如有疑问请联系单位经办人。",
                    f"{day} is outside the cover ({terms}). Check the date, or ask the unit.",
                )
                yield Fault("claim.not_covered", text, place_of(_field_of_day(app, stay, day), stay))


def _field_of_day(app: Application, stay: int, day: date) -> str:
    """Return the code of the field where a day of the event stands."""
    values = app.inputs(stay)
    names = ("event_date", "admission_date", "discharge_date")
    return app.code_of(next((name for name in names if day_of(values.get(name, "")) == day), names[0]))


def receipts_of(app: Application) -> list[tuple[str, str]]:
    """Return the receipt numbers that the application uses, each with where it stands.

    A number read on a receipt counts as well as the one that was typed, so that retyping hides nothing.
    """
    found = [
        (number, place_of(document.rule, document.stay))
        for document in app.documents
        if document.type in RECEIPTS and (number := document.receipt_number)
    ]
    for (code, stay), value in app.form.items():
        if code in {"receipt_number", "invoice_number"} and value.value:
            found.append((normal_number(value.value), place_of(code, stay)))
    return list({number: (number, place) for number, place in reversed(found) if number}.values())
