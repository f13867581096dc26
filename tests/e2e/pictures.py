"""`python -m tests.e2e.pictures`: copies the guide's pictures from the browser tests' screens, at reduced size.

The tests keep a picture of every page under build/screens/; those that docs/guide/ shows stand in docs/guide/pictures/.
A page that was not photographed in the last run keeps the picture that it has.
"""

import re
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"
GUIDE = ROOT / "docs" / "guide"
PICTURE = re.compile(r"\]\(pictures/([a-z0-9-]+)\.webp\)")
WIDEST, TALLEST = {"member": 390, "console": 960}, {"member": 1100, "console": 1000}


def shown() -> list[str]:
    """Return the pictures that the guide's pages show."""
    pages = sorted(GUIDE.glob("*.md"))
    return sorted({name for page in pages for name in PICTURE.findall(page.read_text(encoding="utf-8"))})


def reduced(screen: Path, app: str) -> Image.Image:
    """Return the upper part of a screen, no wider than its app needs."""
    image = Image.open(screen).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST[app] * image.width // WIDEST[app])))
    share = min(1.0, WIDEST[app] / image.width)
    return image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS)


def main() -> None:
    """Command line."""
    folder, missing = GUIDE / "pictures", []
    folder.mkdir(exist_ok=True)
    for name in shown():
        screen, picture = SCREENS / f"{name}.png", folder / f"{name}.webp"
        if screen.is_file():
            reduced(screen, name.split("-")[0]).save(picture, quality=78, method=6)
        elif not picture.is_file():
            missing.append(name)
    if missing:
        sys.exit(f"not photographed yet: {', '.join(missing)}: run the browser tests (make test)")
    print(f"{folder}: {sum(one.stat().st_size for one in folder.iterdir()) // 1024} kB")


if __name__ == "__main__":
    main()
