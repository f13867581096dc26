"""The queue of documents to be recognised, and the processes that read them."""
