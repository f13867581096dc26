"""The list of claims with filters, on screen and as a workbook (row C.07)."""
