"""Permissions of the ocr service, who may see a document, and the routes that need no token."""

from typing import Annotated

from common.auth import Actor, permission
from common.http import requires, requires_any

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
