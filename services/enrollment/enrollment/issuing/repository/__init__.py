"""SQL of issuing."""

from .masses import BATCH, Batch, IssuingRepository, Span, Told
from .orders import PaidOrderRepository, Place

__all__ = ["BATCH", "Batch", "IssuingRepository", "PaidOrderRepository", "Place", "Span", "Told"]
