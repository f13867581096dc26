"""All routers of activities."""

from .bookings.endpoints import router as bookings
from .campaigns.endpoints import router as campaigns
from .counter.endpoints import router as counter
from .participations.endpoints import router as participations
from .quizzes.endpoints import router as quizzes
from .rewards.endpoints import router as rewards
from .statistics.endpoints import router as statistics
from .stock.endpoints import router as stock
from .stock.files.endpoints import router as files

ROUTERS = (campaigns, quizzes, stock, files, rewards, bookings, counter, participations, statistics)
