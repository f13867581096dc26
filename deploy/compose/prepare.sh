#!/usr/bin/env bash
# Makes the secrets of one server, once: prepare.sh HOST_NAME. What is there already stays. Without secrets/ the data cannot be read:
# keep a copy of it elsewhere, apart from the backups of the data.
set -euo pipefail
if [ $# -ne 1 ]; then
  echo "用法 usage: prepare.sh 服务器域名 name of the server, e.g. prepare.sh huzhu.example.org" >&2
  exit 2
fi
host=$1
cd "$(dirname "$0")"
# The folder is closed to everybody else of this machine: Compose reads the variables as whoever calls it, and the two
# files that servers of other users read in their containers are mounted there past the folder.
close() {
  find "$1" -type f -exec chmod 600 {} +
  chmod 644 "$1"/valkey.conf "$1"/seaweed.json
  # Read in the container of enrollment by its own user, past the closed folder.
  find "$1/merchants" -type f -exec chmod 644 {} + -o -type d -exec chmod 755 {} +
  chmod 700 "$1"
}
pack_secrets() {
  mkdir -p "$1/merchants"
  [ -e "$1/merchants/merchants.json" ] || echo '{}' >"$1/merchants/merchants.json"
  printf '# What packs name by key_env: HUZHU_PORTAL_…=, HUZHU_HANDOVER_…=, HUZHU_WECHAT_…=\n' >"$1/packs.env"
}
[ -e .env ] || printf 'HUZHU_HOST_NAME=%s\nHUZHU_VERSION=latest\n' "$host" >.env
# The last line of a file that somebody edited may not be ended.
[ -z "$(tail -c1 .env)" ] || echo >>.env
# Commands of operators read and write in operator/ as whoever has prepared this server.
grep -q '^HUZHU_OPERATOR_USER=' .env || printf 'HUZHU_OPERATOR_USER=%s:%s\n' "$(id -u)" "$(id -g)" >>.env
[ -d operator ] || mkdir -m 700 operator
named=$(sed -n 's/^HUZHU_HOST_NAME=//p' .env)
if [ "$named" != "$host" ]; then
  echo ".env 中的域名是 ${named}，未改为 ${host}：要更换请编辑 .env。.env names $named and stays: edit it to change the name." >&2
fi
if [ -e secrets/common.env ]; then
  # What an earlier version did not make.
  [ -e secrets/packs.env ] || pack_secrets secrets
  close secrets
  echo "secrets/ 已存在，密钥未改动 secrets/ is there already, its keys stay as they are"
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
cat >>"$made/identity.env" <<'END'
# Faces: tencent. Without a provider members are confirmed at the counter.
#IDENTITY_VERIFICATION=tencent
#IDENTITY_TENCENT_SECRET_ID=
#IDENTITY_TENCENT_SECRET_KEY=
#IDENTITY_TENCENT_FACEID_RULE=1
#IDENTITY_WECHAT=wechat
END
cat >>"$made/notify.env" <<'END'
# Who sends SMS: aliyun, tencent, or both in the order in which they are tried.
NOTIFY_SMS=aliyun
NOTIFY_ALIYUN_ACCESS_KEY_ID=
NOTIFY_ALIYUN_ACCESS_KEY_SECRET=
#NOTIFY_TENCENT_SECRET_ID=
#NOTIFY_TENCENT_SECRET_KEY=
#NOTIFY_TENCENT_SMS_APP_ID=
END
cat >>"$made/enrollment.env" <<'END'
# WeChat Pay: merchants/merchants.json beside this file.
#ENROLLMENT_PAYMENTS=wechat
END
pack_secrets "$made"
printf 'requirepass %s\nappendonly yes\nappendfsync everysec\nsave ""\nmaxmemory 256mb\nmaxmemory-policy volatile-lru\ndir /data\n' \
  "$valkey" >"$made/valkey.conf"
cat >"$made/seaweed.json" <<END
{"identities": [{"name": "huzhu", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
  "credentials": [{"accessKey": "$access", "secretKey": "$secret"}]}]}
END
close "$made"
mv "$made" secrets
echo "secrets/ 已生成 secrets/ made. 平台管理员 operators: secrets/identity.env"
