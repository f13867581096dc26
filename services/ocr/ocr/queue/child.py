"""The reading process: gets bytes, answers JSON and then the pictures of the pages, for as long as its parent lives.

Only here the models are loaded.
"""

import os
import signal
import threading
from dataclasses import asdict
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from ocr.recognition import Recognition, Recognizer

NICENESS = 5
READY = b"ready"
READ, PICTURES = b"read", b"pictures"
"""What is asked for, before the bytes: that it is read, or pictures of its pages alone."""
IDLE_SECONDS = 1.0
"""After so long without work a reading process gives back what it keeps for the next page."""


def serve(connection: Connection, threads: int, most_mb: int) -> None:
    """Read documents one after another until the parent is gone; each answer says how much memory is held after it.

    Above `most_mb` that is what is left when all that lies free was given back.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)  # answers to people go before
    # Imported here: the libraries and models take some 400 MB, which no other process should pay.
    from ocr.recognition import RecognitionSettings, Recognizer
    from ocr.recognition.memory import give_back_freed_memory, resident_mb

    recognizer = Recognizer(RecognitionSettings(threads=threads))
    connection.send_bytes(READY)
    while True:
        if not connection.poll(IDLE_SECONDS):
            give_back_freed_memory()
        try:
            asked, data = connection.recv_bytes(), connection.recv_bytes()
        except EOFError:
            return
        pictures: list[bytes] = []
        answer = _answer(None if asked == PICTURES else recognizer, data, pictures)
        if resident_mb() > most_mb:
            give_back_freed_memory()
        connection.send_bytes(orjson.dumps({**answer, "resident_mb": resident_mb()}))
        for picture in pictures:
            connection.send_bytes(picture)


def _answer(recognizer: "Recognizer | None", data: bytes, pictures: list[bytes]) -> dict[str, Any]:
    """What was read, nothing without a recognizer; `pictures` gets a small one of the first page, then one of each."""
    from ocr.queue.showing import Showing
    from ocr.recognition import RecognitionSettings, UnreadableDocument
    from ocr.recognition.pdf import pdf_pages

    showing = Showing()
    try:
        if recognizer is None:
            for page in pdf_pages(data, RecognitionSettings()):
                showing.show(page.pixels)
        answer = as_object(recognizer.recognize(data, show=showing.show)) if recognizer else {}
        pictures += showing.pictures
        return {**answer, "pictures": len(pictures), "phash": showing.phash}
    except UnreadableDocument as refusal:
        return {"problem": {"code": refusal.code, "zh": refusal.zh, "en": refusal.en}}
    except Exception as error:  # its text may hold what was read, so only its kind is told
        return {"failed": type(error).__name__}


def as_object(found: "Recognition") -> dict[str, Any]:
    """Return a recognition as JSON."""
    fields = {
        name: {
            "value": field.value,
            "confidence": field.confidence,
            "source": str(field.source),
            "verified": field.verified,
            "box": asdict(field.box) if field.box is not None else None,
        }
        for name, field in found.fields.items()
    }
    checks = [{"code": c.code, "passed": c.passed, "detail": c.detail} for c in found.checks]
    return {"type": str(found.type), "recognition": {"fields": fields, "checks": checks}}


def _end_with_parent() -> None:
    """A parent that was killed leaves no process behind, even in the middle of a document."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
