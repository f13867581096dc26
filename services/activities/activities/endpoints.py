"""All routers of activities."""

from .bookings.endpoints import router as bookings
from .campaigns.endpoints import router as campaigns
from .counter.endpoints import router as counter
from .participations.endpoints import router as participations
from .quizzes.endpoints import router as quizzes
from .rewards.endpoints import router as rewards
from .stock.endpoints import router as stock

ROUTERS = (campaigns, quizzes, stock, rewards, bookings, counter, participations)
