"""What activities holds of a person and gives up when they are erased; counts and what was given stay."""

from common.erasure import ErasedTable, erasure_subscription

from .copies.models import PersonCopy
from .copies.service import FACTS
from .rewards.models import Reward

TABLES = (
    ErasedTable(PersonCopy, "id", {"name": "person.name", "facts": (FACTS, "{}")}),
    ErasedTable(Reward, nulled=("reason",)),
)
SUBSCRIPTION = erasure_subscription("activities", TABLES)
