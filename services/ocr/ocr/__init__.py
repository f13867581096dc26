"""The ocr service."""
