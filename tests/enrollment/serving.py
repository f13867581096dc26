"""The service's api in a process of its own, until it is killed: python -m tests.enrollment.serving PORT

It trusts the keys in TRUSTED_KEYS (a JWKS).
"""

import json
import os
import sys

import uvicorn

from enrollment.app import create_app


def main(port: int) -> None:
    app = create_app()
    app.state.context.verifier.use_keys(json.loads(os.environ["TRUSTED_KEYS"]))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]))
