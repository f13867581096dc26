"""Small pdf, ofd and picture files, made byte by byte."""

import io
import zipfile
import zlib

import numpy as np
import pypdfium2 as pdfium
import zxingcpp
from PIL import Image

from .conftest import Cell

RECEIPT: tuple[Cell, ...] = (
    (300, 40, "浙江省医疗住院收费票据（电子）"),
    (50, 100, "票据代码：33061424"),
    (500, 100, "票据号码：0060687851"),
    (50, 130, "交款人：程燕晓"),
    (500, 130, "校验码：22043d"),
    (50, 400, "金额合计（大写）叁仟肆佰捌拾柒元伍角壹分"),
    (650, 400, "（小写）3487.51"),
    (50, 440, "住院号：449939"),
    (500, 440, "住院时间：20241114-20241120"),
    (50, 600, "收款单位（章）：江北区妇幼保健院"),
)
CODE = "CZ-EI-33,1.0.0,33061424,0060687851,22043d,20241120,3487.51"


def pdf(cells: tuple[Cell, ...] = RECEIPT, *, pages: int = 1, hidden: bool = False, size: int = 18) -> bytes:
    """A pdf with a text layer in a font that is not embedded; `hidden` draws the text invisibly."""
    mode = 3 if hidden else 0
    draw = "\n".join(
        f"BT {mode} Tr /F1 {size} Tf {x:.0f} {700 - y:.0f} Td <{text.encode('utf-16-be').hex()}> Tj ET"
        for x, y, text in cells
    ).encode()
    kids = " ".join(f"{6 + i} 0 R" for i in range(pages))
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/W[1[500]814[500 500]]"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
        *[
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000 700]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        ]
        * pages,
    ]
    return _assembled(bodies)


def pdf_of(*papers: tuple[Cell, ...], size: int = 18) -> bytes:
    """A pdf with a page for each paper."""
    merged = pdfium.PdfDocument.new()
    for cells in papers:
        merged.import_pages(pdfium.PdfDocument(pdf(cells, size=size)))
    out = io.BytesIO()
    merged.save(out)
    return out.getvalue()


def _assembled(bodies: list[bytes], trailer: bytes = b"") -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, trailer, table))
    return out.getvalue()


def locked_pdf() -> bytes:
    """A pdf that asks for a password which nobody has."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32),
    ]
    return _assembled(
        bodies, b"/Encrypt 3 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
    )


def ofd(cells: tuple[Cell, ...] = RECEIPT, *, pages: int = 1, extra: dict[str, bytes] | None = None) -> bytes:
    """An ofd of one document with a receipt's code among its pictures."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    texts = "".join(
        f'<ofd:TextObject ID="{i}" Boundary="{x / 4:.2f} {(y - 10) / 4:.2f} {len(text) * 5} 5" Size="5">'
        f'<ofd:TextCode X="0" Y="4.5" DeltaX="g {max(len(text) - 1, 1)} 4">{text}</ofd:TextCode></ofd:TextObject>'
        for i, (x, y, text) in enumerate(cells, 10)
    )
    entries = "".join(f'<ofd:Page ID="{i + 1}" BaseLoc="Pages/Page_0/Content.xml"/>' for i in range(pages))
    parts = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
        "</ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 250 175"
        f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{entries}</ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{texts}</ofd:Layer>"
        "</ofd:Content></ofd:Page>",
    }
    return zipped(
        {**{k: v.encode() for k, v in parts.items()}, "Doc_0/Res/code.png": code_png(), **(extra or {})}
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    """A compressed zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def code_png(said: str = CODE) -> bytes:
    """A receipt's QR code as a png."""
    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode)
    dots = np.pad(np.asarray(zxingcpp.write_barcode_to_image(code, scale=4)), 16, constant_values=255)
    return png(Image.fromarray(dots))


def png(picture: Image.Image) -> bytes:
    """The picture as a png."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A png of a few hundred bytes whose header promises billions of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
