"""All routers of notify."""

from .messages.endpoints import router as messages
from .sandbox.endpoints import router as sandbox

ROUTERS = (messages, sandbox)
