"""All kinds of long work that people ask identity for."""

from .members.bulk.tasks import KINDS as BULK
from .privacy.exporting import KINDS as PRIVACY

TASKS = (
    *BULK,
    *PRIVACY,
)
