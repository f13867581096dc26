"""The processes of this service: `python -m activities api | worker | schedule | migrate`."""

from common.command import main

main("activities")
