"""A sheet of paper to write on: text, lines, a red seal."""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parent / "NotoSansCJKsc-Subset.otf"
INK = (30, 30, 34)
RED = (196, 32, 30)


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the sheet's font; it ships with the project, because a machine may have none with Chinese."""
    return ImageFont.truetype(str(FONT), size)


class Sheet:
    """A white page measured in pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), (253, 253, 250))
        self._draw = ImageDraw.Draw(self.image)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = 24,
        colour: tuple[int, int, int] = INK,
        anchor: str = "la",
    ) -> None:
        """Write a line of text; `anchor` as in Pillow ("la" left and top, "ma" middle and top)."""
        self._draw.text((x, y), text, font=font(size), fill=colour, anchor=anchor)

    def box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a frame."""
        self._draw.rectangle((left, top, right, bottom), outline=(90, 90, 90), width=2)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a line."""
        self._draw.line((x0, y0, x1, y1), fill=(90, 90, 90), width=1)

    def paste(self, picture: Image.Image, x: int, y: int) -> None:
        """Stick a picture on."""
        self.image.paste(picture, (x, y))

    def seal(self, x: float, y: float, radius: float, text: str) -> None:
        """Press a round red seal, half transparent as ink is."""
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(*RED, 130), width=5)
        draw.text((x, y), text, font=font(22), fill=(*RED, 130), anchor="mm")
        self.image = Image.alpha_composite(self.image.convert("RGBA"), layer).convert("RGB")
        self._draw = ImageDraw.Draw(self.image)
