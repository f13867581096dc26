"""Failures of the object store: away (try again) or not there."""


class StorageUnavailable(ConnectionError):
    """The object store does not answer or is overloaded.

    An OSError, which the HTTP edge answers with 503 and the consumer runtime tries again for ever.
    """


class StorageRefused(RuntimeError):
    """The object store answered that it will not: wrong keys, no such bucket. An operator's matter."""


class ObjectMissing(LookupError):
    """There is no object of this name."""
