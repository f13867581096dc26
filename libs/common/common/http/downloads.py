"""Names of downloaded files (RFC 6266 and 5987): Chinese names arrive whole, old clients get a plain one."""

import re
from pathlib import PurePath
from urllib.parse import quote

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")


def content_disposition(kind: str, name: str) -> str:
    """Return the Content-Disposition header for "attachment" or "inline"; `name` may come from anybody."""
    clean = _UNSAFE.sub("_", name).strip() or "file"
    suffix = PurePath(clean).suffix
    plain = "file" + (suffix if suffix.isascii() and suffix[1:].isalnum() else "")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def attachment(name: str) -> str:
    """Return the header of a file that browsers save."""
    return content_disposition("attachment", name)
