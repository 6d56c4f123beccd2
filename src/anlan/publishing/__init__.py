"""What may leave: suppression, redaction, receipts, transparency log."""
