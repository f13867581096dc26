"""What a document may be, whose it is and who may see it. Pure."""

from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID

from common.auth import Actor, ActorKind
from common.auth.scope import sees_whole_tenant

from ..auth import READ
from ..decoding import format_of

JPEG, PNG, PDF, OFD = "image/jpeg", "image/png", "application/pdf", "application/ofd"
PICTURES = {
    "JPEG": JPEG,
    "PNG": PNG,
    "HEIF": "image/heic",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
"""Media types of the pictures that are taken; all but the first two are kept as what any browser shows."""
MOST_KEPT_PIXELS = 24_000_000
"""A larger picture is made smaller where it is made anew: a sheet of A4 at 400 dots an inch has 16 million."""
PREFIX = 1024
LONGEST_NAME = 200
EXTENSIONS = {JPEG: "jpg", PNG: "png", PDF: "pdf", OFD: "ofd"}


def sniff(head: bytes) -> str | None:
    """Return the media type that the first `PREFIX` bytes show, None for a foreign file. Names decide nothing."""
    if (picture := format_of(head)) is not None:
        return PICTURES[picture]
    if b"%PDF-" in head[:PREFIX]:
        return PDF
    if head.startswith(b"PK\x03\x04"):  # a zip; whether it is an ofd is seen when it is opened
        return OFD
    return None


def filename_of(header: str | None) -> str | None:
    """Return the name in a percent-encoded header without folders, "" without a header; None if it is no name."""
    if header is None:
        return ""
    try:
        name = unquote_to_bytes(header).decode().replace("\\", "/").rsplit("/", 1)[-1].strip()
    except UnicodeDecodeError:
        return None
    if len(name) > LONGEST_NAME or not name.isprintable():
        return None
    return name


def renamed(filename: str, media_type: str) -> str:
    """Return the name with the ending of what the file became; "" stays."""
    return f"{filename.rsplit('.', 1)[0]}.{EXTENSIONS[media_type]}" if filename else ""


class Owner(NamedTuple):
    """Whose a document is."""

    account_id: UUID
    person_id: UUID | None
    unit_id: UUID | None

    def key_id(self, document_id: UUID) -> UUID:
        """Whose key encrypts a document: the person's; what a unit or staff hand in is about anybody: its own."""
        return self.person_id or document_id


def owner_of(actor: Actor) -> Owner:
    """Return the owner of what an actor hands in; only members have their person on it."""
    person_id = actor.person_id if actor.kind is ActorKind.MEMBER else None
    unit_id = actor.unit_id if actor.kind is ActorKind.HANDLER else None
    return Owner(actor.id, person_id, unit_id)


def is_own(actor: Actor, *, owner_id: UUID, person_id: UUID | None) -> bool:
    """Whether a document is the actor's own: handed in by the account, or by another account of the person."""
    return owner_id == actor.id or (person_id is not None and person_id == actor.person_id)


def reads_all(actor: Actor) -> bool:
    """Whether the actor reads every document of the tenant: staff with the permission and the whole tenant.

    Staff of a branch see documents through the links of the claims that their scope reaches.
    """
    return actor.kind is ActorKind.STAFF and actor.may(READ) and sees_whole_tenant(actor)


def opens_for(reader_id: str, actor: Actor) -> bool:
    """Whether a link was given to this actor, one of the union's staff."""
    return reader_id == str(actor.id) and actor.kind is ActorKind.STAFF


def disposition(filename: str, media_type: str) -> str:
    """Return Content-Disposition: browsers show pictures and pdf, and save ofd."""
    kind = "attachment" if media_type == OFD else "inline"
    name = filename or f"document.{EXTENSIONS.get(media_type, 'bin')}"
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}"
