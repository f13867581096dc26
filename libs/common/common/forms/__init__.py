"""Rules of the forms that packs describe: which fields apply, what fits them, what is missing. Pure."""

from .faults import Fault
from .missing import answered, condition_holds, missing_fields, unfit_answers
from .values import checked_value, day_of, money_of, options_of, typed_value

__all__ = [
    "Fault",
    "answered",
    "checked_value",
    "condition_holds",
    "day_of",
    "missing_fields",
    "money_of",
    "options_of",
    "typed_value",
    "unfit_answers",
]
