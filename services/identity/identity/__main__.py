"""The processes of this service: `python -m identity api | worker | schedule | migrate`."""

from common.command import main

main("identity")
