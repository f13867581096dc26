"""The processes of this service: `python -m claims api | worker | schedule | migrate`."""

from common.command import main

main("claims")
