"""The people on an order: roster upload, one by form, reasons, export."""
