from common.db.alembic_env import run

run("activities")
