"""The 合计 row of an invoice, whose amounts have no labels of their own but stand in a table's columns. Pure."""

import re
from collections.abc import Sequence

from ocr.recognition.pairing import Reading, same_row
from ocr.recognition.segments import Piece
from ocr.recognition.values import read_amount


def net_and_tax(pieces: Sequence[Piece]) -> list[Reading]:
    """An invoice's 合计 row: the amount without tax, and the tax unless there is none."""
    found: list[Reading] = []
    for anchor in pieces:
        if not _is_sum_label(anchor, pieces):
            continue
        right = [
            (piece, value)
            for piece in pieces
            if piece.rect.left > anchor.rect.left
            and same_row(anchor, piece)
            and re.fullmatch(r"[¥Y羊\s]*[\d,]+\.\d{2}", piece.text.strip())
            and (value := read_amount(re.sub(r"^[¥Y羊\s]+", "", piece.text)))
        ]
        right.sort(key=lambda each: each[0].rect.left)
        for name, (piece, value) in zip(("金额", "税额"), right, strict=False):
            found.append(Reading(name, value, piece.score, 2, 0, (piece,)))
    return found


def _is_sum_label(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """合计 by itself, or 合 with 计 somewhere behind it on its row, as invoices print it."""
    text = re.sub(r"[\s:]", "", piece.text)
    return text == "合计" or (
        text == "合" and any(same_row(piece, other) and other.text.strip() == "计" for other in pieces)
    )
