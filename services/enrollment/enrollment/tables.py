"""Base of this service's tables: metadata of its own, because all services can run in one process."""

from sqlalchemy import MetaData

from common.db import Base as CommonBase


class Base(CommonBase):
    """Base of enrollment's models."""

    __abstract__ = True
    metadata = MetaData()
