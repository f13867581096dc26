"""Checks across the sections of a pack: every name that one part uses is there, and the whole can work."""

from collections.abc import Callable, Iterator

from ..faults import Problem
from ..shape import View
from .activities import check_activities
from .chains import check_chains
from .channels import check_channels
from .claims import check_claims
from .demo import check_demo
from .duplicates import check_duplicates
from .organisation import check_organisation
from .products import check_products
from .texts import check_texts

_CHECKS: tuple[Callable[[View], Iterator[Problem]], ...] = (
    check_duplicates,
    check_organisation,
    check_products,
    check_claims,
    check_chains,
    check_texts,
    check_channels,
    check_demo,
    check_activities,
)


def check_references(view: View) -> list[Problem]:
    """Return every fault between the parts that have the right shape."""
    return [problem for check in _CHECKS for problem in check(view)]
