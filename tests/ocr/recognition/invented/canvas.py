"""A sheet to draw on that remembers what it drew, so that one drawing gives a picture, a pdf and an ofd."""

from functools import lru_cache
from random import Random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

import huzhu.papers.sheet as shipped

RED = (200, 30, 34)
INKS = ((25, 25, 30), (40, 40, 60), (70, 30, 20), (20, 60, 40))


@lru_cache(64)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font from a file."""
    return ImageFont.truetype(path, size)


class Canvas:
    """A page in pixels; `said` holds every text with its left edge and middle."""

    def __init__(
        self, width: int, height: int, random: Random, fonts: list[str], paper: str = "#fdfdfa"
    ) -> None:
        self.image = Image.new("RGB", (width, height), paper)
        self.random = random
        self.path = random.choice(fonts) if fonts else str(shipped.FONT)
        self.hand = self.path
        """the font of values, where a sheet prints them otherwise than its form"""
        self.ink = random.choice(INKS)
        self.said: list[tuple[float, float, str]] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: int = 26,
        colour: tuple[int, int, int] | None = None,
        anchor: str = "lm",
        path: str | None = None,
    ) -> float:
        """Writes at a left edge and middle; returns the right edge."""
        draw, face = ImageDraw.Draw(self.image), font(path or self.path, size)
        width = draw.textlength(text, font=face)
        draw.text((x, y), text, font=face, fill=colour or (30, 30, 34), anchor=anchor)
        left = x - width / 2 if anchor[0] == "m" else x
        self.said.append((left, y, text))
        return left + width

    def value(self, x: float, y: float, text: str, size: int = 24) -> float:
        """What is filled into the form; nothing for an empty text."""
        return self.text(x, y, text, size, path=self.hand) if text else x

    def pair(self, x: float, y: float, label: str, value: object, size: int = 24) -> None:
        """A label in the form's ink and its value in the printer's, with a colon of either width."""
        colon = self.random.choice("：::") if not label.endswith("）") else self.random.choice(["", "："])
        right = self.text(x, y, label + colon, size, self.ink)
        self.value(
            right + self.random.choice([2, 6, 12]), y + self.random.choice([0, 0, -3, 3]), f"{value}", size
        )

    def line(self, *ends: float) -> None:
        """A rule."""
        ImageDraw.Draw(self.image).line(ends, fill=self.ink, width=2)

    def table(
        self, rows: list[list[tuple[str, str]]], top: int, left: int, right: int, height: int = 52
    ) -> int:
        """Ruled rows of label and value cells; returns the bottom."""
        y = top
        for row in rows:
            cell = (right - left) / (2 * len(row))
            for place, part in enumerate(piece for pair in row for piece in pair):
                x = left + place * cell
                self.line(x, y, x, y + height)
                self.text(x + 8, y + height / 2, part, 22, self.ink if place % 2 == 0 else None)
            self.line(right, y, right, y + height)
            self.line(left, y, right, y)
            y += height
        self.line(left, y, right, y)
        return y

    def code(self, text: str, x: int, y: int, size: int = 180) -> None:
        """A QR code."""
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
        dots = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(made, scale=6))).convert("RGB")
        self.image.paste(dots.resize((size, size), Image.Resampling.NEAREST), (x, y))

    def seal(self, x: float, y: float, radius: float, text: str) -> None:
        """A round red seal, half transparent, a little turned."""
        layer = Image.new("RGBA", (int(2.4 * radius), int(2.4 * radius)))
        draw, centre = ImageDraw.Draw(layer), 1.2 * radius
        ink = (*RED, self.random.randrange(90, 170))
        box = (centre - radius, centre - radius, centre + radius, centre + radius)
        draw.ellipse(box, outline=ink, width=6)
        draw.text((centre, centre - 8), "★", font=font(self.path, int(radius / 1.6)), fill=ink, anchor="mm")
        draw.text((centre, centre + radius / 2), text, font=font(self.path, 20), fill=ink, anchor="mm")
        turned = layer.rotate(self.random.uniform(-25, 25))
        whole = self.image.convert("RGBA")
        whole.alpha_composite(turned, (int(max(x - centre, 0)), int(max(y - centre, 0))))
        self.image = whole.convert("RGB")
