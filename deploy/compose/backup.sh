#!/usr/bin/env bash
# One backup of this server, for cron: 0 3 * * * /opt/huzhu/deploy/compose/backup.sh. The database's log is archived all the time.
set -euo pipefail
cd "$(dirname "$0")"
docker compose exec -T postgres bash /scripts/base-backup.sh
docker compose run --rm -T operator huzhu objects save /archive/objects
