#!/usr/bin/env bash
# Run once by PostgreSQL's image on an empty volume: a database and three roles for each service, none of them superuser.
set -euo pipefail
role() {
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -v role="$1" -v password="$2" <<'END'
SET password_encryption = 'scram-sha-256';
CREATE ROLE :"role" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
END
}
database() {
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -v name="$1" -v owner="$2" <<'END'
CREATE DATABASE :"name" OWNER :"owner";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
END
  shift
  for one in "$@"; do
    psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -v name="huzhu_${one%_*}" -v role="$one" <<'END'
GRANT CONNECT, TEMPORARY ON DATABASE :"name" TO :"role";
END
  done
}
POSTGRES_USER=${POSTGRES_USER:-postgres}
for service in identity enrollment claims notify ocr activities; do
  for kind in owner app relay; do
    variable=${service^^}_${kind^^}_PASSWORD
    role "${service}_$kind" "${!variable}"
  done
  database "huzhu_$service" "${service}_owner" "${service}_app" "${service}_relay"
done
role bus_owner "$BUS_OWNER_PASSWORD"
role bus_app "$BUS_APP_PASSWORD"
database huzhu_bus bus_owner bus_app
