"""Numbers of claims, batches and refunds run for each union alone: they tell nobody how much the others do.

One sequence for each union and series, made when its first number is asked for: as before, whoever takes a number waits
for nobody, and what is rolled back leaves a gap. A union that has numbers goes on beyond those that the common sequence
gives meanwhile to an older release, which runs beside this one for a while; a new union begins with 1.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

APART = 100_000
"""So many numbers may an older release give while both run."""
SERIES = {
    "claim": ("claim_number", "claim WHERE tenant_id = tenant AND number IS NOT NULL"),
    "batch": ("payout_batch_number", "payout_batch WHERE tenant_id = tenant"),
    "refund": ("refund_number", "payout WHERE tenant_id = tenant AND purpose = 'refund'"),
}
FIRST = " ".join(
    f"WHEN '{series}' THEN IF EXISTS (SELECT FROM public.{rows}) THEN "
    f"SELECT last_value + {APART} INTO first FROM public.{common}; END IF;"
    for series, (common, rows) in SERIES.items()
)
FUNCTION = f"""
CREATE FUNCTION public.next_numbers(series text, wanted int) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $body$
DECLARE
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
  place text := format('number_%s_%s', series, replace(tenant::text, '-', ''));
  first bigint := 1;
BEGIN
  IF tenant IS NULL THEN RAISE EXCEPTION 'no tenant is set'; END IF;
  IF to_regclass('public.' || place) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('claims.' || place, 0));
    CASE series {FIRST} END CASE;
    -- Whoever waited for the first of the union does not see its sequence by name yet; this looks anew.
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.%I START %s', place, first);
  END IF;
  RETURN QUERY EXECUTE format('SELECT nextval(%L) FROM generate_series(1, %s)', 'public.' || place, wanted);
END $body$
"""
BACK = """
DO $body$
DECLARE place record; reached bigint;
BEGIN
  FOR place IN SELECT relname, CASE split_part(relname, '_', 2)
      WHEN 'claim' THEN 'claim_number' WHEN 'batch' THEN 'payout_batch_number' ELSE 'refund_number' END AS common
    FROM pg_class WHERE relkind = 'S' AND relname ~ '^number_(claim|batch|refund)_[0-9a-f]{32}$'
  LOOP
    EXECUTE format('SELECT last_value FROM public.%I', place.relname) INTO reached;
    EXECUTE format('SELECT setval(%L, greatest(last_value, %s)) FROM public.%I', 'public.' || place.common, reached,
      place.common);
    EXECUTE format('DROP SEQUENCE public.%I', place.relname);
  END LOOP;
END $body$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION public.next_numbers(text, int) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION public.next_numbers(text, int) TO claims_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION public.next_numbers(text, int)")
    op.execute(BACK)
