#!/usr/bin/env bash
# Makes the secrets of one server, once: prepare.sh HOST_NAME. What is there already stays. Without secrets/ the data cannot be read:
# keep a copy of it elsewhere, apart from the backups of the data.
set -euo pipefail
host=${1:?name of the server, e.g. huzhu.example.org}
cd "$(dirname "$0")"
[ -e .env ] || printf 'HUZHU_HOST_NAME=%s\nHUZHU_VERSION=latest\n' "$host" >.env
if [ -e secrets/common.env ]; then
  echo "secrets/ 已存在，未改动 secrets/ is there already and stays as it is"
  exit 0
fi
umask 077
made=$(mktemp -d "$PWD/.secrets-XXXXXX")
word() { openssl rand -hex 24; }
key() { openssl rand -base64 32; }
database() { echo "postgresql+asyncpg://$1:$2@postgres:5432/$3"; }
valkey=$(word) access=$(word) secret=$(word) bus_app=$(word) bus_owner=$(word)
cat >"$made/common.env" <<END
HUZHU_REDIS_URL=redis://:$valkey@valkey:6379/0
HUZHU_MASTER_KEYS=1:$(key)
HUZHU_LINK_KEY=$(key)
HUZHU_S3_ACCESS_KEY=$access
HUZHU_S3_SECRET_KEY=$secret
HUZHU_BUS_DATABASE_URL=$(database bus_app "$bus_app" huzhu_bus)
END
echo "POSTGRES_PASSWORD=$(word)" >"$made/postgres.env"
printf 'BUS_OWNER_PASSWORD=%s\nBUS_APP_PASSWORD=%s\n' "$bus_owner" "$bus_app" >>"$made/postgres.env"
for service in identity enrollment claims notify ocr activities; do
  upper=${service^^} owner=$(word) app=$(word) relay=$(word)
  printf '%s_OWNER_PASSWORD=%s\n%s_APP_PASSWORD=%s\n%s_RELAY_PASSWORD=%s\n' \
    "$upper" "$owner" "$upper" "$app" "$upper" "$relay" >>"$made/postgres.env"
  {
    echo "${upper}_DATABASE_URL=$(database "${service}_app" "$app" "huzhu_$service")"
    echo "${upper}_RELAY_DATABASE_URL=$(database "${service}_relay" "$relay" "huzhu_$service")"
  } >"$made/$service.env"
  echo "${upper}_OWNER_DATABASE_URL=$(database "${service}_owner" "$owner" "huzhu_$service")" >"$made/$service-owner.env"
done
echo "BUS_OWNER_DATABASE_URL=$(database bus_owner "$bus_owner" huzhu_bus)" >>"$made/identity-owner.env"
echo "IDENTITY_PLATFORM_OPERATORS=ops1:$(word),ops2:$(word)" >>"$made/identity.env"
# Who sends SMS: put the provider's keys here (services/notify/README.md).
echo "NOTIFY_SMS=aliyun" >>"$made/notify.env"
printf 'requirepass %s\nappendonly yes\nappendfsync everysec\nsave ""\nmaxmemory 256mb\nmaxmemory-policy volatile-lru\ndir /data\n' \
  "$valkey" >"$made/valkey.conf"
cat >"$made/seaweed.json" <<END
{"identities": [{"name": "huzhu", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
  "credentials": [{"accessKey": "$access", "secretKey": "$secret"}]}]}
END
# Read by users of the containers, not by people of this machine: the folder is closed to them.
chmod 644 "$made"/*
chmod 711 "$made"
mv "$made" secrets
echo "secrets/ 已生成 secrets/ made. 平台管理员 operators: secrets/identity.env"
