"""The statements that issue masses: slots, policies and what is said about them never leave the database one by one."""

from sqlalchemy import text

from common.db import unscoped

PERSONAL = (
    "document_kind", "document_token", "document_index", "name_token", "name_index", "mobile_token", "mobile_index",
    "card_token", "card_index", "bank_name",
)  # fmt: skip
_NEVER = "date '0001-01-01'"
"""In the place of the end of a cover that never was, so that it can be compared."""
# Rows just placed have no statistics yet: as a plain condition, "insurable" lets the planner take the partial index by
# person and read the whole order for each part of it. Cast, only indexes by id are left.
_COMING = """order_person placed
           WHERE placed.tenant_id = :tenant AND placed.order_id = :order_id AND placed.insurable::int = 1
             AND placed.action = 'add' AND placed.id > :after AND placed.id <= :to"""


def _columns(*names: str, of: str) -> str:
    return ", ".join(f"{of}.{name}" for name in names)


def _sealed(name: str) -> str:
    """A sealed value as events have it. Tokens and indexes are base64: nothing in them is to be escaped."""
    return f"""CASE WHEN {name}_token IS NULL OR {name}_index IS NULL THEN 'null'
               ELSE concat('{{"ciphertext": "', {name}_token, '", "index": "', {name}_index, '"}}') END"""


# A space behind each colon of the JSON: a word there would be a parameter.
_PERSON = f"""concat('"person_id": "', person_id, '", "document_number": ', {_sealed("document")},
               ', "name": ', {_sealed("name")}, ', "mobile": ', {_sealed("mobile")},
               ', "bank_card": ', {_sealed("card")}, ', "bank_name": ', coalesce(to_json(bank_name)::text, 'null'))"""
_ENROLLED = """concat('{"version": 1, ', person, ', "document_kind": "', document_kind, '", ',
               CAST(:people_json AS text), '}')"""
_FACT = """concat('{"version": 1, "policy_id": "', id, '", "number": "', number, '", "shares": ', shares,
               ', "contribution": "', contribution, '", "starts_on": ', to_json(starts_on), ', "ends_on": ',
               to_json(ends_on), ', ', person, ', ', CAST(:facts_json AS text), '}')"""

SPAN = unscoped(
    text(
        """SELECT count(*) AS people, count(*) FILTER (WHERE action = 'remove') AS leaving,
             array_agg(DISTINCT shares) AS shares, (array_agg(id ORDER BY id DESC))[1] AS last
           FROM (SELECT id, action, shares FROM order_person
                 WHERE tenant_id = :tenant AND order_id = :order_id AND insurable AND id > :after
                 ORDER BY id LIMIT :most) AS next"""
    ),
    why="counts the next people of one order; the tenant is in the condition",
)
ADD_SLOTS = unscoped(
    text(
        f"""INSERT INTO cover (tenant_id, id, created_at, person_id, product_code, terms, shares)
           SELECT :tenant, gen_random_uuid(), :now, placed.person_id, :product, 0, 0 FROM {_COMING}
           ORDER BY placed.person_id ON CONFLICT (tenant_id, person_id, product_code) DO NOTHING"""
    ),
    why="a batch insert; the tenant is written into every row and in the condition of what is read",
)
# By an array, so that the slots are looked up by their index however many the union has.
ENDS = unscoped(
    text(
        f"""SELECT covered_until, count(*) AS people FROM (
             SELECT cover.covered_until FROM cover
             WHERE cover.tenant_id = :tenant AND cover.product_code = :product
               AND cover.person_id = ANY(ARRAY(SELECT placed.person_id FROM {_COMING}))
             ORDER BY cover.person_id FOR NO KEY UPDATE) AS slot
           GROUP BY covered_until"""
    ),
    why="locks the slots of one order's people; the tenant is in both conditions",
)
TAKE_ORDER = unscoped(
    text("SELECT pg_try_advisory_xact_lock(hashtextextended('enrollment.issuing:' || :order_id, 0))"),
    why="a lock that names the order reads no row",
)
WORK_MEMORY = unscoped(
    text("SELECT set_config('work_mem', '64MB', true)"),
    why="a setting of this transaction: 5,000 people with their sealed values do not fit into the usual 4 MB",
)
ISSUE = unscoped(
    text(
        f"""WITH term AS (
             SELECT * FROM unnest(CAST(:untils AS date[]), CAST(:starts AS date[]), CAST(:ends AS date[]))
               AS term (until, starts_on, ends_on)),
           price AS (
             SELECT * FROM unnest(CAST(:shares AS int[]), CAST(:prices AS numeric[])) AS price (shares, amount)),
           coming AS MATERIALIZED (
             SELECT placed.id, placed.person_id, placed.shares, coalesce(placed.contribution, price.amount) AS amount,
               {_columns(*PERSONAL, of="placed")}
             FROM price, {_COMING} AND placed.shares = price.shares),
           covered AS (
             UPDATE cover SET covered_until = term.ends_on, terms = cover.terms + 1, shares = coming.shares,
               order_id = NULL
             FROM coming, term
             WHERE cover.tenant_id = :tenant AND cover.product_code = :product
               AND cover.person_id = coming.person_id AND coalesce(cover.order_id, :order_id) = :order_id
               AND coalesce(cover.covered_until, {_NEVER}) = coalesce(term.until, {_NEVER})
             RETURNING coming.*, cover.terms AS term, term.starts_on, term.ends_on),
           issued AS (
             INSERT INTO policy (tenant_id, created_at, version, unit_id, order_id, product_code, pack_version, status,
               share_limit, id, number, person_id, term, shares, contribution, starts_on, ends_on,
               {", ".join(PERSONAL)})
             SELECT :tenant, :now, 1, :unit, :order_id, :product, :pack, 'in_force', :share_limit, uuidv7(),
               :order_number || lpad(place.n::text, greatest(length(place.n::text), :digits), '0'),
               place.person_id, place.term, place.shares, place.amount, place.starts_on, place.ends_on,
               {_columns(*PERSONAL, of="place")}
             FROM (SELECT covered.*, :placed + row_number() OVER (ORDER BY covered.id) AS n FROM covered) AS place
             ORDER BY place.n
             RETURNING id, number, person_id, shares, contribution, starts_on, ends_on, {", ".join(PERSONAL)}),
           told AS (
             SELECT *, {_PERSON} AS person,
               (row_number() OVER (PARTITION BY starts_on, ends_on ORDER BY id) - 1) / :batch AS part
             FROM issued),
           batch AS MATERIALIZED (
             SELECT row_number() OVER (ORDER BY min(number)) AS n, starts_on, ends_on, count(*) AS policies,
               sum(shares) AS shares, sum(contribution) AS contributed,
               CASE WHEN :enrolled THEN string_agg({_ENROLLED}, ',' ORDER BY id) END AS people,
               string_agg({_FACT}, ',' ORDER BY id) AS facts
             FROM told GROUP BY starts_on, ends_on, part),
           said AS (
             INSERT INTO outbox (tenant_id, event_id, topic, partition, key, envelope, created_at)
             SELECT :tenant, event.id, :topic, event.partition, event.key, event.head
               || convert_to(concat(CASE WHEN event.of_people THEN batch.people ELSE batch.facts END, ']}}}}'), 'UTF8'),
               :now
             FROM batch JOIN unnest(CAST(:of_batches AS int[]), CAST(:of_people AS boolean[]), CAST(:events AS uuid[]),
                 CAST(:partitions AS int[]), CAST(:keys AS text[]), CAST(:heads AS bytea[])) WITH ORDINALITY
               AS event (n, of_people, id, partition, key, head, place) ON event.n = batch.n
             ORDER BY event.place
             RETURNING octet_length(envelope) AS octets)
           SELECT starts_on, ends_on, policies, shares, contributed, largest, events
           FROM batch, (SELECT max(octets) AS largest, count(*) AS events FROM said) AS written ORDER BY n"""
    ),
    why="issues to one order's people in one statement; the tenant is in every condition and row",
)
SKIP_REST = unscoped(
    text(
        f"""UPDATE order_person SET outcome = :outcome, insurable = false, reasons = CAST(:reasons AS jsonb)
           FROM (SELECT placed.id FROM {_COMING} AND NOT EXISTS (
                   SELECT FROM policy WHERE policy.tenant_id = :tenant AND policy.person_id = placed.person_id
                     AND policy.product_code = :product AND policy.order_id = :order_id)) AS rest
           WHERE order_person.tenant_id = :tenant AND order_person.id = rest.id"""
    ),
    why="marks the people of one order who got no policy; the tenant is in every condition",
)
SHORTEN_COVERS = unscoped(
    text(
        """WITH slot AS MATERIALIZED (
             SELECT id FROM cover WHERE tenant_id = :tenant AND product_code = :product
               AND person_id = ANY(CAST(:people AS uuid[])) ORDER BY person_id FOR UPDATE)
           UPDATE cover SET covered_until = held.until
           FROM slot, (
             SELECT person_id, coalesce(max(term.last) FILTER (WHERE term.last >= term.starts_on),
                                        least(min(term.starts_on), :today) - 1) AS until
             FROM (SELECT person_id, starts_on, coalesce(ended_on, ends_on) AS last FROM policy
                   WHERE tenant_id = :tenant AND product_code = :product
                     AND person_id = ANY(CAST(:people AS uuid[]))) term
             GROUP BY person_id) held
           WHERE cover.tenant_id = :tenant AND cover.id = slot.id AND cover.person_id = held.person_id"""
    ),
    why="an update from the people's policies; the tenant is in every condition",
)
