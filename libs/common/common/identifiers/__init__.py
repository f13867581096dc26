"""Numbers and names that identify people and units, and all that can be wrong with them. Pure functions."""

from .bank_card import bank_card_faults, bank_name_faults, luhn_digit
from .credit_code import credit_code_check_digit, credit_code_faults
from .documents import (
    DOCUMENT_KINDS,
    DOCUMENT_TITLES,
    WITH_RESIDENT_NUMBER,
    DocumentKind,
    document_birth_date,
    document_faults,
    plain_document_number,
)
from .fault import Fault
from .id_number import birth_date, id_check_digit, id_number_faults, sex_of
from .masking import mask_bank_card, mask_document_number, mask_id_number, mask_mobile, mask_name
from .mobile import mobile_faults
from .normalise import compact_number, plain_full_name, plain_name, plain_number
from .person_name import name_faults
from .regions import region_known
from .unit_name import unit_name_key

__all__ = [
    "DOCUMENT_KINDS",
    "DOCUMENT_TITLES",
    "WITH_RESIDENT_NUMBER",
    "DocumentKind",
    "Fault",
    "bank_card_faults",
    "bank_name_faults",
    "birth_date",
    "compact_number",
    "credit_code_check_digit",
    "credit_code_faults",
    "document_birth_date",
    "document_faults",
    "id_check_digit",
    "id_number_faults",
    "luhn_digit",
    "mask_bank_card",
    "mask_document_number",
    "mask_id_number",
    "mask_mobile",
    "mask_name",
    "mobile_faults",
    "name_faults",
    "plain_document_number",
    "plain_full_name",
    "plain_name",
    "plain_number",
    "region_known",
    "sex_of",
    "unit_name_key",
]
