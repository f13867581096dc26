"""Makes the pictures of a document's pages while they are being read. Runs in the reading process only."""

from typing import Any

from PIL import Image

from ..documents.fingerprint import fingerprint
from ..documents.pictures import THUMBNAIL_SIDE, shown

PAGE_SIDE = 1600


class Showing:
    """Collects a small picture of the first page, then one of each page; and the first page's fingerprint."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.phash: str | None = None

    def show(self, pixels: Any) -> None:
        """Take the pixels (height x width x 3, RGB) of the next page."""
        picture = Image.fromarray(pixels)
        if not self.pictures:
            self.phash = fingerprint(picture)
            self.pictures.append(shown(picture, THUMBNAIL_SIDE))
        self.pictures.append(shown(picture, PAGE_SIDE))
