"""What ocr gives a person who asks what is held of them: the list of their documents and what was read on each."""

from common.export import ExportedTable, export_subscription

from .documents.models import Document
from .sealed import SEALED

TABLES = (ExportedTable(Document),)
SUBSCRIPTION = export_subscription("ocr", TABLES, SEALED)
