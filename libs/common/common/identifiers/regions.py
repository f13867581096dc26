"""Region codes of ID numbers: every code of GB/T 2260 that was in force at some time since 1980.

Not by birth year (as python-stdnum's own check does): people get their number at registration, often years after
birth and elsewhere, and a code that was abolished lives on in the numbers given out under it.
"""

from functools import lru_cache
from importlib.resources import files

from stdnum import numdb

# Residents of Hong Kong, Macao and Taiwan have numbers of the same form on their residence permits: 810000, 820000
# (both in GB/T 2260) and 830000 (measures for residence permits, 2018).
_TAIWAN_RESIDENTS = "830000"


@lru_cache(maxsize=8192)
def region_known(code: str) -> bool:
    """Say whether a six-digit region code was in force at some time. Source: GB/T 2260, issues since 1980."""
    if code in _more():
        return True
    parts = numdb.get("cn/loc").info(code)
    return len(parts) == 2 and "county" in parts[1][1]


@lru_cache(maxsize=1)
def _more() -> frozenset[str]:
    """Codes that python-stdnum's table lacks."""
    lines = files(__package__).joinpath("regions_more.txt").read_text("utf-8").splitlines()
    codes = (code for line in lines if not line.startswith("#") for code in line.split())
    return frozenset(codes) | {_TAIWAN_RESIDENTS}
