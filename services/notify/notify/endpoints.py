"""All routers of notify."""

from common.proposals.router import proposal_router
from common.tasks.router import task_router

from .bulk.endpoints import router as bulk
from .bulk.sending import KINDS
from .bulk.service import COMMANDS
from .catalogue.endpoints import router as catalogue
from .content.endpoints import router as content
from .content.reader_endpoints import router as articles
from .messages.endpoints import router as messages
from .pictures.endpoints import router as pictures
from .sandbox.endpoints import router as sandbox
from .templates.endpoints import router as templates
from .webhooks.endpoints import router as webhooks

SHARED = (proposal_router(COMMANDS), task_router(KINDS))
ROUTERS = (catalogue, articles, content, pictures, messages, templates, webhooks, bulk, sandbox, *SHARED)
