"""Reads the lines of a picture with RapidOCR: right way up, bounded in size and threads, models from the wheel only."""

import math
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from rapidocr.utils.process_img import map_boxes_to_original

from ocr.recognition.memory import give_back_freed_memory, keep_freed_memory
from ocr.recognition.model import Line, Page, Quad
from ocr.recognition.pictures import Pixels
from ocr.recognition.settings import RecognitionSettings
from ocr.recognition.turning import leaning, sides, turned_level

_MODELS = Path(rapidocr.__file__).parent / "models"
_LEVEL = 10.0
"""Degrees that a page may lean: so far its rows are followed as they run."""
_SURE = 0.9
_LINE_HEIGHT = 48
_LEAST_WIDTH, _FEW = 320, 2
_CLASSES = ((12.0, _LEAST_WIDTH, _FEW), (3.0, _LEAST_WIDTH, 6), (0.0, 208, 6))
"""Lines are read by their width in heights: from where, the width they are filled up to, and how many at a time.

The model's own 320 pixels are up to three times what a short figure needs; without room behind it is read worse. Of the
widest few at a time, because memory grows with their length. The first class is what the reader begins with.
"""


class TextEngine:
    """Detection, angle classifier and recognition; loads its models at the first picture. Not for several threads."""

    def __init__(self, settings: RecognitionSettings) -> None:
        self._settings = settings
        threads = max(1, min(settings.threads, os.cpu_count() or 1))
        cv2.setNumThreads(threads)
        keep_freed_memory()
        self._rapid = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.max_side_len": settings.reading_side,
                "Det.limit_type": "max",
                "Det.limit_side_len": settings.detection_side,
                # A given path is never downloaded: a missing file is an error here and now.
                "Det.model_path": _model("*_det_*.onnx"),
                "Cls.model_path": _model("*_cls_*.onnx"),
                "Rec.model_path": _model("*_rec_*.onnx"),
                "Rec.rec_batch_num": _FEW,
                "Rec.rec_img_shape": [3, _LINE_HEIGHT, _LEAST_WIDTH],
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, pixels: Pixels) -> tuple[Page, Pixels]:
        """The page and its pixels (RGB), both upright."""
        image = self._fit(pixels)
        quads, crops = self._detect(image)
        if abs(lean := leaning(quads)) > _LEVEL:
            image = turned_level(image, quads, lean)
            quads, crops = self._detect(image)
        height, width = image.shape[:2]
        if not quads:
            return Page((), width, height), image
        # All lines of a page stand the same way up: the classifier is right about most, not about each short figure.
        if _upside_down(quads, self._angles(crops)):
            image = np.ascontiguousarray(image[::-1, ::-1])
            quads = [_half_turn(quad, width, height) for quad in quads]
            crops = [np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops]
        lines = self._recognize(quads, crops)
        return Page(tuple(lines), width, height), image

    def find(self, image: Pixels, *, side: int) -> list[Quad]:
        """Where text stands on an upright page, looked for in a picture of at most `side` pixels."""
        give_back_freed_memory()
        return self._detect(image, side)[0]

    def read_at(self, image: Pixels, quads: list[Quad]) -> list[Line]:
        """The lines at the given places of an upright page."""
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        crops = self._rapid.crop_text_regions(bgr, np.asarray(quads, dtype=np.float32)) if quads else []
        return self._recognize(quads, crops) if quads else []

    def _fit(self, pixels: Pixels) -> Pixels:
        longest = max(pixels.shape[:2])
        if longest > self._settings.reading_side:
            scale = self._settings.reading_side / longest
            size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
            return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return pixels

    def _detect(self, image: Pixels, side: int | None = None) -> tuple[list[Quad], list[Pixels]]:
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        prepared, record = self._rapid.preprocess_img(bgr)
        try:
            detector: Any = (
                self._rapid.text_det
            )  # None until the first look, which takes the side of the settings
            if detector is not None:
                detector.limit_side_len = side or self._settings.detection_side
            crops, found = self._rapid.detect_and_crop(prepared, record)
        except rapidocr.main.RapidOCRError:  # it says so when a picture has no text
            return [], []
        boxes = map_boxes_to_original(np.asarray(found.boxes), record, *image.shape[:2])
        return [_quad(box) for box in boxes], list(crops)

    def _angles(self, crops: list[Pixels]) -> list[str]:
        _, result = self._rapid.cls_and_rotate(list(crops))
        return [label if score >= _SURE else "" for label, score in result.cls_res or ()]

    def _recognize(self, quads: list[Quad], crops: list[Pixels]) -> list[Line]:
        said: dict[int, tuple[str, float]] = {}
        widths = [crop.shape[1] / crop.shape[0] for crop in crops]
        upper = math.inf
        for lower, filled, batch in _CLASSES:
            places = [at for at, width in enumerate(widths) if lower < width <= upper]
            upper = lower
            if not places:
                continue
            reader: Any = self._rapid.text_rec  # None until the first line is read
            if reader is not None:
                reader.rec_batch_num, reader.rec_image_shape = batch, [3, _LINE_HEIGHT, filled]
            result: Any = self._rapid.recognize_txt([crops[at] for at in places])
            said.update(zip(places, zip(result.txts, result.scores, strict=True), strict=True))
        return [
            Line(said[at][0], float(said[at][1]), quad)
            for at, quad in enumerate(quads)
            if said[at][0].strip() and said[at][1] >= 0.5
        ]


def _model(pattern: str) -> str:
    found = sorted(_MODELS.glob(pattern))
    if len(found) != 1:
        raise RuntimeError(f"the wheel of rapidocr should hold one model {pattern}, it holds {len(found)}")
    return str(found[0])


def _quad(box: Any) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in box)
    return (a, b, c, d)


def _upside_down(quads: list[Quad], labels: list[str]) -> bool:
    votes = {"0": 0.0, "180": 0.0, "": 0.0}
    for quad, label in zip(quads, labels, strict=True):
        width, height = sides(quad)
        if width >= 2 * height:
            votes[label] += width
    return votes["180"] > votes["0"]


def _half_turn(quad: Quad, width: float, height: float) -> Quad:
    a, b, c, d = ((width - x, height - y) for x, y in quad)
    return (c, d, a, b)
