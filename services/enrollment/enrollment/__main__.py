"""The processes of this service: `python -m enrollment api | worker | schedule | migrate`."""

from common.command import main

main("enrollment")
