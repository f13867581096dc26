"""Under what ocr seals values; see `common.crypto.sealed`."""

from common.crypto import SealedValues

SEALED = SealedValues(contexts=("ocr.filename", "ocr.recognition"))
