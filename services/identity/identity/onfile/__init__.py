"""What members keep on file: documents, frequent applicants, bank cards, addresses, settings (B.03, B.04, E.11)."""
