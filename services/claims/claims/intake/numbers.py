"""Numbers of claims."""

from common.clock import today


def claim_number(serial: int) -> str:
    """Return the day and the serial number in eight digits, e.g. 2026013100000042."""
    return f"{today():%Y%m%d}{serial % 100_000_000:08d}"
