"""Looks for keys and tokens in the files that are named, or in all that git knows; exit 1 and a line for each found.

Kinds with a form of their own only (private keys, providers' keys, tokens, passwords in addresses): words that merely
look random are too many in a platform of identity numbers and digests. ruff's S rules look for passwords in code. A
line that holds no secret is marked "pragma: allowlist secret".
"""

import subprocess
import sys

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

KINDS = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "JwtTokenDetector", "MailchimpDetector", "NpmDetector", "PrivateKeyDetector",
    "SendGridDetector", "SlackDetector", "SquareOAuthDetector", "StripeDetector", "TwilioKeyDetector",
)  # fmt: skip


def tracked() -> list[str]:
    """All files of the repository."""
    told = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True)
    return [name for name in told.stdout.decode().split("\0") if name]


def main() -> int:
    """Scan; return the exit code."""
    found = SecretsCollection()
    with transient_settings({"plugins_used": [{"name": name} for name in KINDS]}):
        for path in sys.argv[1:] or tracked():
            found.scan_file(path)
    for path, secret in found:
        print(f"{path}:{secret.line_number}: {secret.type}")
    print(f"{len(list(found))} found")
    return 1 if list(found) else 0


if __name__ == "__main__":
    sys.exit(main())
