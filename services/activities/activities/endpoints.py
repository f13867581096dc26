"""All routers of activities."""

from .campaigns.endpoints import router as campaigns
from .rewards.endpoints import router as rewards
from .stock.endpoints import router as stock

ROUTERS = (campaigns, stock, rewards)
