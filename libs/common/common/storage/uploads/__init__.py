"""Resumable uploads (tus 1.0). A service that takes files has the table from `migrations` and mounts the router."""

from .models import Upload
from .resumable import ResumableUploads, Transactions
from .router import upload_router
from .rules import UploadPurpose

__all__ = ["ResumableUploads", "Transactions", "Upload", "UploadPurpose", "upload_router"]
