"""Measures recognition on a folder with truth.jsonl: exact rates, verified share, wrong verified values, time.

    python tests/ocr/recognition/evaluate.py FOLDER [--picture photo|clean] [--plain N]

`--plain N` also times RapidOCR with its own defaults on each of the first N pages, right after ours; the memory printed
is then that of both.
"""

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocr.recognition import DocumentType, Recognition, Recognizer
from ocr.recognition.capitals import parse_capitals

TYPES = {
    "电子住院票据": "e_receipt",
    "电子门诊票据": "outpatient_receipt",
    "印刷住院票据": "printed_receipt",
    "印刷住院收费票据": "printed_receipt",
    "医保结算单": "settlement",
    "出院记录": "discharge_record",
    "增值税发票": "vat_invoice",
    "诊断证明": "diagnosis",
    "病理报告": "pathology",
    **{str(kind): str(kind) for kind in DocumentType},
}


# Fields that a check can confirm: the code, the sums, the capitals; dates where the days are printed.
_SUMMED = ["金额合计大写", "金额合计小写", "医保统筹基金支付", "其他支付", "个人账户支付", "个人现金支付"]
_CODED = ["票据代码", "票据号码", "校验码", "开票日期"]
CONFIRMABLE: dict[str, tuple[str, ...]] = {
    "e_receipt": (*_CODED, *_SUMMED, "个人自付", "个人自费"),
    "outpatient_receipt": (*_CODED, *_SUMMED, "个人自付", "个人自费"),
    "printed_receipt": (*_SUMMED,),
    "settlement": (*_SUMMED, "入院日期", "出院日期"),
    "discharge_record": ("入院日期", "出院日期"),
    "vat_invoice": ("发票号码", "开票日期", "价税合计大写", "价税合计小写", "金额", "税额"),
    "id_card": ("公民身份号码", "出生", "性别"),
}


@dataclass
class Tally:
    """Counts over a folder."""

    all: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    verified: Counter[str] = field(default_factory=Counter)
    wrong_verified: list[str] = field(default_factory=list)
    wrong_types: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    confirmable: int = 0
    confirmed: int = 0


def same(name: str, value: str, truth: str) -> bool:
    """Exact, but for amounts in capitals, which are compared by value."""
    if name.endswith("大写"):
        return parse_capitals(value) is not None and parse_capitals(value) == parse_capitals(truth)
    return value == truth


def count(tally: Tally, truth: dict[str, Any], found: Recognition, show: bool) -> None:
    """Adds one document to the counts."""
    kind = TYPES.get(truth["type"], truth["type"])
    if found.type != kind:
        tally.wrong_types.append(f"{truth['id']}: {found.type} instead of {kind}")
    for name, value in truth["fields"].items():
        tally.all[name] += 1
        got = found.fields.get(name)
        right = got is not None and same(name, got.value, value)
        tally.exact[name] += right
        if name in CONFIRMABLE.get(kind, ()):
            tally.confirmable += 1
            tally.confirmed += got is not None and got.verified
        if got is not None and got.verified:
            tally.verified[name] += 1
            if not right:
                tally.wrong_verified.append(f"{truth['id']} {name}: {got.value} instead of {value}")
        if show and not right:
            print(f"  {truth['id']} {kind} {name}: {got.value if got else None} instead of {value}")
    tally.seconds.append(found.seconds / max(found.pages, 1))
    tally.first.append((found.seconds - found.seconds_again) / max(found.pages, 1))


def report(tally: Tally) -> None:
    """Prints the figures."""
    for name, total in tally.all.items():
        print(
            f"{name:<12} exact {tally.exact[name]:>4}/{total:<4} {tally.exact[name] / total:.3f}"
            f"  verified {tally.verified[name] / total:.2f}"
        )
    total, pages = sum(tally.all.values()), len(tally.seconds)
    print(
        f"all fields   exact {sum(tally.exact.values()) / total:.3f}"
        f"  verified {sum(tally.verified.values()) / total:.3f} of {total}"
    )
    print(
        f"confirmable  verified {tally.confirmed / max(tally.confirmable, 1):.3f} of {tally.confirmable}"
        " (fields that a check can confirm)"
    )
    print(f"wrong verified values: {len(tally.wrong_verified)}", *tally.wrong_verified, sep="\n  ")
    print(f"wrong types: {len(tally.wrong_types)}", *tally.wrong_types, sep="\n  ")
    print(
        f"seconds per page: mean {sum(tally.seconds) / pages:.2f}, worst {max(tally.seconds):.2f} ({pages} pages)"
    )
    if tally.plain:
        ours, first, plain = (
            sum(part[: len(tally.plain)]) / len(tally.plain)
            for part in (tally.seconds, tally.first, tally.plain)
        )
        print(
            f"of plain RapidOCR ({plain:.2f} seconds on {len(tally.plain)} pages):"
            f" {first / plain:.2f} without and {ours / plain:.2f} with second looks"
        )
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


def plain() -> Callable[[Path], float]:
    """Seconds that RapidOCR with its defaults takes for a page, models warm."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})

    def timed(picture: Path) -> float:
        begin = time.perf_counter()
        engine(str(picture))
        return time.perf_counter() - begin

    return timed


def main() -> None:
    """Command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--picture", default="photo")
    arguments.add_argument("--plain", type=int, default=0)
    arguments.add_argument("--quiet", action="store_true")
    given = arguments.parse_args()
    lines = (given.folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    truths = [json.loads(line) for line in lines if line.strip()]
    pictures = [given.folder / truth[given.picture] for truth in truths]
    recognizer, tally = Recognizer(), Tally()
    recognizer.recognize(pictures[0].read_bytes())
    beside = plain() if given.plain else None
    if beside is not None:
        beside(pictures[0])
    for truth, picture in zip(truths, pictures, strict=True):
        count(tally, truth, recognizer.recognize(picture.read_bytes()), not given.quiet)
        if beside is not None and len(tally.plain) < given.plain:
            tally.plain.append(beside(picture))
    report(tally)


if __name__ == "__main__":
    main()
