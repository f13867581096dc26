"""The reading process: gets bytes, answers JSON, for as long as its parent lives. Only here the models are loaded."""

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from ocr.recognition import Recognition, Recognizer

NICENESS = 5
READY = b"ready"


def serve(connection: Connection, threads: int) -> None:
    """Read documents one after another until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)  # answers to people go before
    # Imported here: the libraries and models take some 400 MB, which no other process should pay.
    from ocr.recognition import RecognitionSettings, Recognizer

    recognizer = Recognizer(RecognitionSettings(threads=threads))
    connection.send_bytes(READY)
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(orjson.dumps(_answer(recognizer, data)))


def _answer(recognizer: "Recognizer", data: bytes) -> dict[str, Any]:
    from ocr.recognition import UnreadableDocument

    try:
        return as_object(recognizer.recognize(data))
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
            "box": None
            if field.box is None
            else {
                "page": field.box.page,
                "left": field.box.left,
                "top": field.box.top,
                "right": field.box.right,
                "bottom": field.box.bottom,
            },
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
