"""Announcements, help pages, introductions, articles: what they say in every revision, and their pictures."""

from alembic import op

from common.db.migrations import protect, protect_all

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE article (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         code text, kind text NOT NULL, product text, audience text[] NOT NULL, category text,
         pinned boolean NOT NULL, position int NOT NULL,
         state text NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
         latest_revision int NOT NULL, live_revision int, live_from timestamptz,
         next_revision int, next_from timestamptz, from_pack int, edited boolean NOT NULL,
         updated_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id),
         CHECK ((next_revision IS NULL) = (next_from IS NULL)),
         CHECK (state <> 'published' OR live_revision IS NOT NULL))""",
    "CREATE UNIQUE INDEX article_code ON article (tenant_id, code) WHERE code IS NOT NULL",
    "CREATE INDEX article_shown ON article (tenant_id, kind, pinned, position, live_from, id)",
    """CREATE TABLE article_revision (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
         article_id uuid NOT NULL, number int NOT NULL,
         title_zh text NOT NULL, title_en text, body_zh text NOT NULL, body_en text,
         excerpt_zh text NOT NULL, excerpt_en text, cover_id uuid, words text[] NOT NULL,
         author_id uuid, author text NOT NULL, note text, PRIMARY KEY (tenant_id, id),
         UNIQUE (tenant_id, article_id, number),
         FOREIGN KEY (tenant_id, article_id) REFERENCES article (tenant_id, id) ON DELETE CASCADE
           DEFERRABLE INITIALLY DEFERRED)""",
    """CREATE TABLE picture (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
         object_name text NOT NULL, object_key text NOT NULL, media_type text NOT NULL,
         width int NOT NULL, height int NOT NULL, size int NOT NULL, uploaded_by uuid NOT NULL,
         PRIMARY KEY (tenant_id, id))""",
    """CREATE TABLE sown_pack (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, version))""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    protect_all(("article", "picture", "sown_pack"), service="notify")
    op.execute("ALTER TABLE recipient ADD COLUMN sex text")
    # What was once said stays as it was; a draft that nobody saw goes with its article.
    protect("article_revision", service="notify", app="SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.execute("ALTER TABLE recipient DROP COLUMN sex")
    for table in ("sown_pack", "picture", "article_revision", "article"):
        op.execute(f"DROP TABLE {table}")
