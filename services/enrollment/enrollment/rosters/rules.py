"""All that can be wrong with one row of a roster. Pure: the register's knowledge is handed in."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from common.identifiers import (
    bank_card_faults,
    bank_name_faults,
    document_faults,
    id_number_faults,
    mobile_faults,
    name_faults,
    plain_number,
)
from common.identifiers.bank_card import DIGITS_LOST as CARD_DIGITS_LOST
from common.identifiers.id_number import DIGITS_LOST as ID_DIGITS_LOST

from .eligibility import eligibility_reasons
from .reading import RosterRow
from .reasons import (
    BANK_MISSING,
    EXAMPLE,
    SEX_COLUMN_MISMATCH,
    Reason,
    amount_differs,
    amount_not_of_shares,
    amount_unreadable,
    reason_of,
    shares_exceeded,
    shares_unreadable,
)
from .register import RESIDENT_ID, RegisterEntry, holder_of, register_reasons
from .requirements import RosterRules

_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2}0*)?", re.ASCII)
_MASKS = frozenset("*＊×")
_STILL_TELLS = frozenset({"id.lowercase_x", "id.checksum", "id.region"})
"""Faults of an ID number whose birth date and sex can be read all the same: whom it names is not known, the age is."""
SEX_WORDS = {
    "男": "male",
    "男性": "male",
    "male": "male",
    "女": "female",
    "女性": "female",
    "female": "female",
}


def check_row(
    row: RosterRow,
    rules: RosterRules,
    known: Mapping[str, RegisterEntry] | None = None,
    *,
    today: date | None = None,
) -> list[Reason]:
    """Return every reason why a row is not insurable; an empty list means that it is.

    `known`: what the register knows by ID number (see RegisterView); None means that no register was asked, and the
    reasons that need one are left out. `today`: the business day, for births in the future. Duplicates within a
    sheet are found by check_rows.
    """
    if is_example(row, rules):
        return [EXAMPLE]
    reasons = [reason_of(fault, "name") for fault in name_faults(row["name"])]
    entry = known.get(row["id_number"].upper()) if known is not None else None
    number_reasons = list(_id_reasons(row, today, entry.document_kind if entry else RESIDENT_ID))
    reasons += number_reasons
    reasons += _payment_reasons(row, rules)
    wrong = {reason.code for reason in number_reasons}
    if wrong <= {"id.lowercase_x"}:
        reasons += _person_reasons(row, rules, known)
    elif wrong <= _STILL_TELLS:
        reasons += eligibility_reasons(row["id_number"].upper(), rules)
    reasons += _share_reasons(row, rules)
    return reasons


def judge_person(
    row: RosterRow, rules: RosterRules, known: Mapping[str, RegisterEntry] | None
) -> list[Reason]:
    """Return what speaks against a row that was right once: the person and the shares, by the rules of today.

    What is written in the row itself does not change, so that its form is not looked at again. `known`: see check_row.
    """
    return [*_person_reasons(row, rules, known), *_share_reasons(row, rules)]


def is_example(row: RosterRow, rules: RosterRules) -> bool:
    """Whether a row is an example of the template as a whole; a real person may have the example's name.

    Templates in use mask the example's ID number (manual 002: 3202***…), which no real person's is.
    """
    name = row["name"]
    for example in rules.examples:
        if name != example.get("name", name):
            continue
        if "name" in example and not _MASKS.isdisjoint(row["id_number"]):
            return True
        if all(row[field] == value for field, value in example.items()):
            return True
    return False


def share_count(row: RosterRow, rules: RosterRules) -> int | None:
    """Return the shares a row asks for: one where it says nothing, None where it is no positive number.

    A sheet may name the amount instead (manual 003, 投保金额): it is then a multiple of the price of a share.
    """
    if rules.shares_for_all is not None:
        return rules.shares_for_all
    if not row["shares"]:
        return _shares_of_amount(row, rules) if row["amount"] and rules.price else 1
    text = unicodedata.normalize("NFKC", row["shares"])
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else None


def amount_of(text: str) -> Decimal | None:
    """Return an amount in yuan as a sheet has it (80, 80.00, ￥80, 1,200), or None where it is none."""
    plain = (
        unicodedata.normalize("NFKC", text).strip().lstrip("¥￥").removesuffix("元").replace(",", "").strip()
    )
    if not _AMOUNT.fullmatch(plain):
        return None
    return Decimal(plain)


def _shares_of_amount(row: RosterRow, rules: RosterRules) -> int | None:
    amount = amount_of(row["amount"])
    if amount is None or not rules.price or amount <= 0 or amount % rules.price:
        return None
    return int(amount / rules.price)


def _share_reasons(row: RosterRow, rules: RosterRules) -> Iterator[Reason]:
    """Yield what is wrong with shares and amount; those that are held already are the register's part."""
    shares = share_count(row, rules)
    if row["amount"] and rules.price and rules.shares_for_all is None:
        if amount_of(row["amount"]) is None:
            yield amount_unreadable(rules.price)
            return
        if _shares_of_amount(row, rules) is None:
            yield amount_not_of_shares(rules.price)
            return
        if row["shares"] and shares is not None and shares != _shares_of_amount(row, rules):
            yield amount_differs(rules.price * shares)
    if shares is None:
        yield shares_unreadable(rules.share_limit)
    elif shares > rules.share_limit:
        yield shares_exceeded(rules.share_limit)


def _id_reasons(row: RosterRow, today: date | None, kind: str) -> Iterator[Reason]:
    """Yield what is wrong with a number; whom the register has by another document is judged by its form."""
    if kind != RESIDENT_ID:
        for fault in document_faults(kind, row["id_number"], today=today):
            yield reason_of(fault, "id_number")
        return
    if "id_number" in row.digits_lost:
        yield reason_of(ID_DIGITS_LOST, "id_number")
        return
    for fault in id_number_faults(row["id_number"], today=today):
        yield reason_of(fault, "id_number")


def _payment_reasons(row: RosterRow, rules: RosterRules) -> Iterator[Reason]:
    """Yield the faults of card, bank and mobile; a field that is not required may be empty, but not wrong."""
    required, card, mobile = rules.required, row["social_card"], row["mobile"]
    if "social_card" in row.digits_lost:
        yield reason_of(CARD_DIGITS_LOST, "social_card")
    elif card or "social_card" in required:
        for fault in bank_card_faults(card, check_digit=rules.card_luhn):
            yield reason_of(fault, "social_card")
    if "bank_name" in required and not row["bank_name"]:
        yield BANK_MISSING
    elif row["bank_name"]:
        for fault in bank_name_faults(row["bank_name"]):
            yield reason_of(fault, "bank_name")
    if mobile or "mobile" in required:
        for fault in mobile_faults(mobile):
            yield reason_of(fault, "mobile")


def _person_reasons(
    row: RosterRow, rules: RosterRules, known: Mapping[str, RegisterEntry] | None
) -> Iterator[Reason]:
    """Yield what speaks against the holder of an ID number that is right."""
    id_number = row["id_number"].upper()
    entry = known.get(id_number) if known is not None else None
    if (stated := SEX_WORDS.get(row["sex"].lower())) and stated != holder_of(id_number, entry).sex:
        yield SEX_COLUMN_MISMATCH
    consent = entry is not None and entry.over_age_consent
    yield from eligibility_reasons(id_number, rules, entry=entry, consent=consent)
    if known is not None:
        yield from register_reasons(
            entry,
            rules,
            id_number=id_number,
            name="".join(row["name"].split()),
            shares=share_count(row, rules) or 0,
            member_number=plain_number(row["member_number"]),
        )
