"""The processes of this service: `python -m notify api | worker | schedule | migrate`."""

from common.command import main

main("notify")
