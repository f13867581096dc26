"""What a running ocr service holds besides the common context, by type."""

from typing import cast

from common.http import ServiceContext
from common.storage import ObjectStore
from common.storage.uploads import ResumableUploads, UploadPurpose

from .documents.vault import Vault
from .scanning.scanner import Scanner, make_scanner
from .settings import OcrSettings

SERVICE = "ocr"
PURPOSE = "document"


def settings_of(context: ServiceContext) -> OcrSettings:
    """Return the service's own settings."""
    return cast(OcrSettings, context.settings)


def vault_of(context: ServiceContext) -> Vault:
    """Return where contents lie."""
    return cast(Vault, context.extras["vault"])


def scanner_of(context: ServiceContext) -> Scanner:
    """Return who looks for malware."""
    return cast(Scanner, context.extras["scanner"])


def uploads_of(context: ServiceContext) -> ResumableUploads:
    """Return the resumable uploads."""
    return cast(ResumableUploads, context.extras["uploads"])


def make_context(settings: OcrSettings, *, subscribed: frozenset[str] = frozenset()) -> ServiceContext:
    """Return the service's context with everything it holds; nothing is opened before its first use."""
    context = ServiceContext.make(SERVICE, settings, subscribed=subscribed)
    store = ObjectStore.connect(settings, SERVICE)
    purposes = [UploadPurpose(PURPOSE, settings.max_bytes)]
    context.extras["vault"] = Vault(store, context.keyring)
    context.extras["scanner"] = make_scanner(settings)
    context.extras["uploads"] = ResumableUploads(store, context.keyring, purposes)
    return context
