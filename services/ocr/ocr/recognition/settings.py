"""Bounds and knobs of recognition; the defaults suit one worker on two cores."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Limits are checked before the costly step they protect."""

    threads: int = 2
    """threads of one inference"""
    detection_side: int = 960
    """longest side, in pixels, of the picture that text is looked for in; larger costs time and finds no more"""
    reading_side: int = 2000
    """longest side, in pixels, of the picture that lines are read from"""
    max_bytes: int = 40 * 1024 * 1024
    max_pixels: int = 64_000_000
    """width times height as the header says, before anything is decoded"""
    max_pages: int = 20
    render_side: int = 2000
    """longest side of a pdf page turned into pixels"""
    max_ofd_bytes: int = 64 * 1024 * 1024
    """an ofd unpacked, all parts together"""
