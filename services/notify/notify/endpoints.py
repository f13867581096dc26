"""All routers of notify."""

from .catalogue.endpoints import router as catalogue
from .content.endpoints import router as content
from .content.reader_endpoints import router as articles
from .messages.endpoints import router as messages
from .pictures.endpoints import router as pictures
from .sandbox.endpoints import router as sandbox
from .webhooks.endpoints import router as webhooks

ROUTERS = (catalogue, articles, content, pictures, messages, webhooks, sandbox)
