"""Settings of the ocr service; environment variables begin with OCR_."""

from datetime import timedelta
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


class OcrSettings(CommonSettings):
    """What the ocr service reads beside the common settings."""

    model_config = SettingsConfigDict(env_prefix="OCR_", extra="ignore", populate_by_name=True)

    max_bytes: int = Field(20 * 1024 * 1024, ge=1, le=100 * 1024 * 1024)
    """Largest document, in bytes."""
    max_pixels: int = Field(64_000_000, ge=1)
    """Width times height of a picture, as its header says."""
    scanner: Literal["none", "sandbox", "clamd"] = "none"
    """Who looks for malware: nobody, a stand-in that knows the EICAR test file, or clamd."""
    clamd_address: str = "127.0.0.1:3310"
    """host:port or the path of a socket; clamd's StreamMaxLength must be at least `max_bytes`."""
    scan_seconds: float = Field(20.0, gt=0)
    """How long the malware scanner may take."""
    most_waiting: int = Field(100, ge=1)
    """Documents of one sender that may wait for recognition at a time."""
    watch_seconds: float = Field(300.0, gt=0)
    """Longest stream of a document's states; the client's library connects anew."""
    receipt_lifetime: timedelta = timedelta(days=30)
    """How long the signed receipt of an upload can be handed in with a claim or a payment."""
    workers: int = Field(1, ge=1, le=64)
    """Reading processes of one recogniser; each holds the models once (about 400 MB while it works)."""
    threads: int = Field(2, ge=1, le=64)
    """Threads of one reading process."""
    most_resident_mb: int = Field(600, ge=1)
    """A reading process that holds more between two documents is replaced; a page takes up to 150 MB on top of it."""
    seconds_per_document: float = Field(180.0, gt=0)
    """Longest reading of one document; then its process is killed."""
    lease_seconds: float = Field(15.0, gt=0)
    """How long a killed recogniser's work lies before it is taken up again; a living one renews its lease."""
    most_crashes: int = Field(2, ge=1)
    """A document at which the reading process died so often is given up."""
    most_attempts: int = Field(10, ge=1)
    """A document that was begun so often, without a crash that is known, is given up too."""
    idle_seconds: float = Field(600.0, gt=0)
    """After so long without work a reading process ends and gives its memory back."""
    poll_seconds: float = Field(0.3, gt=0)
    """How often an idle recogniser looks for work."""
