"""Payment of an order: reported by the handler, confirmed by finance."""
