"""Reconciliation: the bank's statements, their lines, what in the books they belong to, explanations."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE bank_statement (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  fund text NOT NULL, from_on date NOT NULL, until_on date NOT NULL, lines int NOT NULL, repeated int NOT NULL,
  closing numeric(14,2), sha256 text NOT NULL, imported_by uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE INDEX bank_statement_fund ON bank_statement (tenant_id, fund, until_on);
CREATE TABLE bank_line (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  statement_id uuid NOT NULL, fund text NOT NULL, line_no int NOT NULL, booked_on date NOT NULL,
  amount numeric(14,2) NOT NULL CHECK (amount <> 0), serial text NOT NULL, memo text NOT NULL, counterparty text,
  matched numeric(14,2) NOT NULL DEFAULT 0, explanation text, explained_by uuid, explained_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, fund, serial, amount),
  FOREIGN KEY (tenant_id, statement_id) REFERENCES bank_statement (tenant_id, id));
CREATE INDEX bank_line_open ON bank_line (tenant_id, fund, booked_on) WHERE matched <> amount;
CREATE INDEX bank_line_statement ON bank_line (tenant_id, statement_id);
CREATE TABLE bank_match (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, line_id uuid NOT NULL,
  entry_id uuid NOT NULL, how text NOT NULL CHECK (how IN ('serial', 'reference', 'batch', 'amount', 'hand')),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, entry_id),
  FOREIGN KEY (tenant_id, line_id) REFERENCES bank_line (tenant_id, id),
  FOREIGN KEY (tenant_id, entry_id) REFERENCES ledger_entry (tenant_id, id));
CREATE INDEX bank_match_line ON bank_match (tenant_id, line_id);
CREATE TABLE book_note (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, explanation text NOT NULL,
  explained_by uuid NOT NULL, PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES ledger_entry (tenant_id, id));
"""
NAMES = ("bank_statement", "bank_line", "bank_match", "book_note")


def upgrade() -> None:
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
    for table in NAMES:
        protect(table, service="claims")
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
