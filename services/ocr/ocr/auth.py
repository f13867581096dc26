"""Permissions of the ocr service, who may see a document, and the routes that need no token."""

from typing import Annotated

from fastapi import Depends

from common.auth import Actor, Permission, meaning_of, permission
from common.errors import NotPermitted
from common.http import authenticate, requires
from common.http.deps import Requires

UPLOAD = permission("ocr.document.upload", "上传材料")
READ = permission("ocr.document.read", "查看材料与识别结果")

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset({("GET", "/documents/{document_id}/content")})
"""The content has a check of its own: a signed link of the claims service, or the caller's token."""


class RequiresOneOf(Requires):
    """Admits callers with at least one of several permissions; the first is the one a refusal names."""

    def __init__(self, *permissions: Permission) -> None:
        super().__init__(permissions[0])
        self.permissions = permissions

    async def __call__(self, actor: Annotated[Actor, Depends(authenticate)]) -> Actor:
        """Return the actor or raise NotPermitted."""
        if not any(actor.may(name) for name in self.permissions):
            raise NotPermitted(permission=self.permission, action=meaning_of(self.permission))
        return actor


UploaderDep = Annotated[Actor, requires(UPLOAD)]
"""Whoever hands in documents."""
ReaderDep = Annotated[Actor, Depends(RequiresOneOf(UPLOAD, READ))]
"""An owner who reads their own, or staff who read what their scope reaches."""
