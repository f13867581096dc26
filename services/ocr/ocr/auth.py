"""Permissions of the ocr service, who may see a document, and the routes that need no token."""

from typing import Annotated

from fastapi import Depends, Query

from common.auth import Actor, permission
from common.http import authenticate, requires, requires_any
from common.http.deps import Requires

UPLOAD = permission("ocr.document.upload", "上传材料")
READ = permission("ocr.document.read", "查看材料与识别结果")

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/documents/{document_id}/content"),
        ("GET", "/documents/{document_id}/thumbnail"),
        ("GET", "/documents/{document_id}/pages/{page}"),
    }
)
"""The content and its pictures have a check of their own: a link signed by claims, or the caller's token."""


UploaderDep = Annotated[Actor, requires(UPLOAD)]
"""Whoever hands in documents."""
ReaderDep = Annotated[Actor, requires_any(UPLOAD, READ)]
"""An owner who reads their own, or staff who read what their scope reaches."""


class BearsLink(Requires):
    """Admits also whoever brings a link to the document; that it is good and theirs, the use case decides."""

    async def __call__(
        self, actor: Annotated[Actor, Depends(authenticate)], link: Annotated[str | None, Query()] = None
    ) -> Actor:
        """Return the actor or raise NotPermitted."""
        return actor if link else await super().__call__(actor)


LinkedReaderDep = Annotated[Actor, Depends(BearsLink(UPLOAD, READ))]
"""As ReaderDep, or whom a service has given a link to the document: every office that it passes."""
