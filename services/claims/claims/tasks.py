"""The long work of the claims service that people ask for."""

from common.tasks import TaskKind

from .reports.making import MAKING
from .snapshots.service import SNAPSHOT
from .statistics.listing.export import CLAIMS_EXPORT

TASKS: tuple[TaskKind, ...] = (CLAIMS_EXPORT, MAKING, SNAPSHOT)
