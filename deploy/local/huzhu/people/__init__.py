"""Invented people, units and rosters, for the demo, the tests and the benchmarks. Seeded: the same seed, the same."""

from .faults import FAULTS
from .numbers import bank_card, credit_code, id_number, mobile
from .persons import Person, people, person
from .rosters import RosterTruth, write_roster
from .units import Unit, units

__all__ = [
    "FAULTS",
    "Person",
    "RosterTruth",
    "Unit",
    "bank_card",
    "credit_code",
    "id_number",
    "mobile",
    "people",
    "person",
    "units",
    "write_roster",
]
