"""The long work of the claims service that people ask for."""

from common.tasks import TaskKind

from .statistics.listing.export import CLAIMS_EXPORT

TASKS: tuple[TaskKind, ...] = (CLAIMS_EXPORT,)
