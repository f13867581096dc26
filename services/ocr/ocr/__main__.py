"""The processes of this service: `python -m ocr api | worker | schedule | migrate | recognition`."""

from common.command import main

from .recognizer import run_recognition

main("ocr", {"recognition": run_recognition})
