"""All kinds of long work that people ask identity for."""

from .members.bulk.tasks import KINDS as BULK

TASKS = (*BULK,)
