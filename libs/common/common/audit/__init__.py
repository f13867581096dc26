"""The audit log: who revealed, exported, approved or changed what, in a chain that shows every alteration."""

from .log import record
from .models import AuditEntry
from .rules import AuditRefused
from .verify import AuditHead, AuditVerdict, head, verify

__all__ = ["AuditEntry", "AuditHead", "AuditRefused", "AuditVerdict", "head", "record", "verify"]
