"""The slot of a person and product names the order in progress that holds it; what issuing masses does not need."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Of a person whom two orders have, the older keeps the slot: as at the issue, where the first one covers.
UP = """
ALTER TABLE cover ADD COLUMN order_id uuid;
ALTER TABLE cover SET (fillfactor = 60);
ALTER TABLE enrolment_order ADD COLUMN judged_for date;
INSERT INTO cover (tenant_id, id, created_at, person_id, product_code, terms, shares, order_id)
SELECT DISTINCT ON (placed.tenant_id, placed.person_id, o.product_code)
  placed.tenant_id, gen_random_uuid(), now(), placed.person_id, o.product_code, 0, 0, o.id
FROM order_person placed JOIN enrolment_order o ON o.tenant_id = placed.tenant_id AND o.id = placed.order_id
WHERE placed.insurable AND o.status IN ('submitted', 'to_pay', 'payment_review', 'payment_held', 'paid')
ORDER BY placed.tenant_id, placed.person_id, o.product_code, o.id
ON CONFLICT (tenant_id, person_id, product_code) DO UPDATE SET order_id = excluded.order_id;
ALTER TABLE outbox ALTER COLUMN envelope SET STORAGE EXTERNAL;
DROP INDEX policy_unit;
DROP INDEX policy_ends
"""
DOWN = """
CREATE INDEX policy_ends ON policy (tenant_id, ends_on, product_code);
CREATE INDEX policy_unit ON policy (tenant_id, unit_id, id);
ALTER TABLE outbox ALTER COLUMN envelope SET STORAGE EXTENDED;
ALTER TABLE enrolment_order DROP COLUMN judged_for;
DELETE FROM cover WHERE terms = 0;
ALTER TABLE cover RESET (fillfactor);
ALTER TABLE cover DROP COLUMN order_id
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN.split(";"):
        op.execute(statement)
