"""Looks for keys and tokens in the files that are named, or in all that git knows; exit 1 and a line for each found.

Kinds with a form of their own only (private keys, providers' keys, tokens, passwords in addresses): words that merely
look random are too many in a platform of identity numbers and digests. ruff's S rules look for passwords in code. A
line that holds no secret is marked "pragma: allowlist secret".
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

try:
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import transient_settings
except ImportError:
    SecretsCollection = None

KINDS = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "JwtTokenDetector", "MailchimpDetector", "NpmDetector", "PrivateKeyDetector",
    "SendGridDetector", "SlackDetector", "SquareOAuthDetector", "StripeDetector", "TwilioKeyDetector",
)  # fmt: skip

HEADER = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
"""Found also where nothing follows: the detector above wants the key's first line behind it."""


def headers(path: str) -> Iterator[int]:
    """Yield the numbers of the lines that begin a private key."""
    file = Path(path)
    lines = file.read_bytes().splitlines() if file.is_file() else []
    yield from (number for number, line in enumerate(lines, 1) if HEADER.search(line))


MADE = {".git", ".venv", ".huzhu", "node_modules", "build", "dist", "__pycache__"}
"""Folders that hold nothing written by hand, where git does not say so."""


def tracked() -> list[str]:
    """All files of the repository; of an unpacked archive, all but what was made in it."""
    try:
        told = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return list(unpacked("."))
    return [name for name in told.stdout.decode().split("\0") if name]


def unpacked(root: str) -> Iterator[str]:
    """Yield the files below a folder that is no checkout."""
    for folder, below, names in os.walk(root):
        below[:] = [one for one in below if one not in MADE]
        yield from (str(Path(folder, name)) for name in names)


def known_kinds(paths: list[str]) -> set[tuple[str, int, str]]:
    """Return what detect-secrets finds; says so where it is not installed."""
    if SecretsCollection is None:
        print("没有 detect-secrets，只查私钥 no detect-secrets here: private keys only")
        return set()
    found = SecretsCollection()
    with transient_settings({"plugins_used": [{"name": name} for name in KINDS]}):
        for path in paths:
            found.scan_file(path)
    return {(path, secret.line_number, secret.type) for path, secret in found}


def main() -> int:
    """Scan; return the exit code."""
    paths = sys.argv[1:] or tracked()
    places = known_kinds(paths)
    places |= {(path, line, "Private Key") for path in paths for line in headers(path)}
    for path, line, kind in sorted(places):
        print(f"{path}:{line}: {kind}")
    print(f"{len(places)} found")
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main())
