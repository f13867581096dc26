"""Printed papers as responses."""

from typing import Any

from fastapi import Response

from common.http.downloads import attachment

PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


def pdf_response(content: bytes, name: str) -> Response:
    """Return a PDF as a download called `name`."""
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": attachment(name)})
