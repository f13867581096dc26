"""Campaigns, their stock of codes, and the rewards given from it."""

from alembic import op

from common.db.migrations import (
    create_common_tables_v1,
    defer_foreign_keys,
    drop_common_tables_v1,
    protect_all,
)

revision = "0001"
down_revision = None

TABLES = ("campaign", "reward", "reward_code")
STATEMENTS = (
    """CREATE TABLE campaign (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         title text NOT NULL, body text NOT NULL, opens_on date NOT NULL, closes_on date NOT NULL,
         valid_until date NOT NULL, per_person int NOT NULL CHECK (per_person > 0),
         state text NOT NULL CHECK (state IN ('draft', 'published')), published_at timestamptz,
         PRIMARY KEY (tenant_id, id), CHECK (opens_on <= closes_on), CHECK (closes_on <= valid_until))""",
    "CREATE INDEX campaign_open ON campaign (tenant_id, closes_on) WHERE state = 'published'",
    """CREATE TABLE reward (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         campaign_id uuid NOT NULL, person_id uuid NOT NULL, place int NOT NULL CHECK (place > 0),
         state text NOT NULL CHECK (state IN ('issued', 'collected')), collected_at timestamptz,
         collected_by uuid, PRIMARY KEY (tenant_id, id),
         UNIQUE (tenant_id, campaign_id, person_id, place),
         FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
         CHECK ((state = 'collected') = (collected_at IS NOT NULL)))""",
    "CREATE INDEX reward_mine ON reward (tenant_id, person_id, id)",
    """CREATE TABLE reward_code (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, campaign_id uuid NOT NULL,
         code text NOT NULL, code_index text NOT NULL, reward_id uuid, PRIMARY KEY (tenant_id, id),
         UNIQUE (tenant_id, campaign_id, code_index), UNIQUE (tenant_id, reward_id),
         FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
         FOREIGN KEY (tenant_id, reward_id) REFERENCES reward (tenant_id, id))""",
    "CREATE INDEX reward_code_free ON reward_code (tenant_id, campaign_id, id) WHERE reward_id IS NULL",
)


def upgrade() -> None:
    create_common_tables_v1(service="activities")
    for statement in STATEMENTS:
        op.execute(statement)
    protect_all(TABLES, service="activities")
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    drop_common_tables_v1()
