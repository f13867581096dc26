"""The table of uploads. An upload is received in parts and ends as one file, or expires."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ...clock import now
from ...db.columns import Base, TenantRow
from ..sealed import StoredFile
from ..store import object_name
from .errors import UploadExpired, UploadIncomplete, UploadOffsetConflict

RECEIVING, RECEIVED, STORED, ENDED = "receiving", "received", "stored", "ended"


class StoredPart(NamedTuple):
    """A piece of the file that is safely in the store: where it begins, its length, its name's last part."""

    offset: int
    length: int
    suffix: str


class Upload(TenantRow, Base):
    """A file on its way in. `received` grows only in the transaction after the bytes are in the store."""

    __tablename__ = "upload"
    actor_id: Mapped[UUID]
    purpose: Mapped[str]
    name: Mapped[str]
    """The file name that the sender gave, sealed (it may hold a person's name), context "upload.name"."""
    content_type: Mapped[str]
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[list[Any]] = mapped_column(default=list)
    key: Mapped[str | None]
    """The key of the parts, sealed; forgotten when the upload ends."""
    announced_sha256: Mapped[str | None]
    sha256: Mapped[str | None]
    object_name: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=RECEIVING)
    expires_at: Mapped[datetime]
    purged: Mapped[bool] = mapped_column(default=False)

    @property
    def folder(self) -> str:
        """Below this name are the parts."""
        return object_name(self.tenant_id, "uploads", self.id)

    @property
    def stored_parts(self) -> list[StoredPart]:
        """The parts in their order."""
        return [StoredPart(*part) for part in self.parts]

    @property
    def open(self) -> bool:
        """Whether more may come or the file waits to be taken."""
        return self.state in (RECEIVING, RECEIVED) and self.expires_at > now()

    def check_open(self) -> None:
        """UploadExpired unless the upload is open or stored."""
        if not self.open and self.state != STORED:
            raise UploadExpired

    def check_offset(self, offset: int) -> None:
        """UploadOffsetConflict unless bytes at `offset` are what comes next."""
        self.check_open()
        if offset != self.received:
            raise UploadOffsetConflict(offset=self.received)

    def append(self, parts: list[StoredPart]) -> None:
        """Count parts that are in the store; UploadOffsetConflict if another request was faster."""
        for part in parts:
            self.check_offset(part.offset)
            self.parts = [*self.parts, list(part)]
            self.received += part.length
        if self.received == self.length:
            self.state = RECEIVED

    def store(self, file: StoredFile) -> None:
        """The file is one object now; the parts are of no use any more. UploadIncomplete if it cannot be."""
        if self.state != RECEIVED:
            raise UploadIncomplete
        self.state = STORED
        self.object_name, self.sha256 = file.name, file.sha256
        self._forget()

    def end(self) -> None:
        """The sender gave up or time did."""
        if self.state in (RECEIVING, RECEIVED):
            self.state = ENDED
            self._forget()

    def _forget(self) -> None:
        self.key = None
        self.expires_at = min(self.expires_at, now())

    def stored_file(self) -> StoredFile | None:
        """The file this upload became."""
        if self.state != STORED or self.object_name is None or self.sha256 is None:
            return None
        return StoredFile(self.object_name, self.length, self.sha256)


def due_before() -> datetime:
    """Uploads that ended before this are cleared away; an hour lets the last request of a sender fail first."""
    return now() - timedelta(hours=1)
