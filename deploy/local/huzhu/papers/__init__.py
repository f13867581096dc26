"""Invented hospital papers as pictures, for the demo and the tests: drawn, sealed, and photographed badly."""

from .photograph import photograph
from .receipt import ReceiptValues, draw_receipt

__all__ = ["ReceiptValues", "draw_receipt", "photograph"]
