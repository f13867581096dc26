"""Recognition of documents: pure CPU, no database, no network. Begin at `Recognizer` or `recognize`."""

from ocr.recognition.api import Recognizer, recognize
from ocr.recognition.errors import UnreadableDocument
from ocr.recognition.model import Box, Check, DocumentType, Field, Recognition, Source
from ocr.recognition.settings import RecognitionSettings

__all__ = [
    "Box",
    "Check",
    "DocumentType",
    "Field",
    "Recognition",
    "RecognitionSettings",
    "Recognizer",
    "Source",
    "UnreadableDocument",
    "recognize",
]
