"""Draws and photographs invented papers into a folder with truth.jsonl, for `evaluate.py`.

python -m tests.ocr.recognition.invented FOLDER [--each 4] [--seed 1] [--hard 0.5] [--specimens] [--fonts FONT.ttf …]
"""

import argparse
import json
from pathlib import Path

from .papers import KINDS, SPECIMENS, invent


def main() -> None:
    """Command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--each", type=int, default=4)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--hard", type=float, default=0.5)
    arguments.add_argument("--fonts", nargs="*", default=[])
    arguments.add_argument("--specimens", action="store_true", help="after real papers, each laid out anew")
    given = arguments.parse_args()
    kinds = list(SPECIMENS if given.specimens else KINDS)
    (given.folder / "photo").mkdir(parents=True, exist_ok=True)
    with (given.folder / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(given.each * len(kinds)):
            made = invent(
                kinds[number % len(kinds)],
                given.seed * 1000 + number,
                hard=given.hard,
                fonts=given.fonts,
            )
            name = f"photo/{number:03d}.jpg"
            (given.folder / name).write_bytes(made.photo)
            truth = {"id": f"{number:03d}", "type": made.type, "photo": name, "fields": made.truth}
            lines.write(json.dumps(truth, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
