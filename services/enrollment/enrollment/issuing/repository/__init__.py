"""SQL of issuing."""

from .masses import Batch, IssuingRepository, Span, Told

__all__ = ["Batch", "IssuingRepository", "Span", "Told"]
