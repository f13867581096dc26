"""SQL of issuing."""

from .masses import BATCH, Batch, IssuingRepository, Span, Told

__all__ = ["BATCH", "Batch", "IssuingRepository", "Span", "Told"]
