"""Documents handed in: upload, storage, who may see them."""
