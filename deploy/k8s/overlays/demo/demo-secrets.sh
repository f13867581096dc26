#!/usr/bin/env bash
# Makes the demo's secrets at random, once, in the namespace huzhu-secrets; the cluster's External Secrets reads them there.
set -euo pipefail
kubectl create namespace huzhu-secrets --dry-run=client -o yaml | kubectl apply -f -
word() { openssl rand -hex 24; }
key() { openssl rand -base64 32; }
make() {
  local name=$1
  shift
  kubectl -n huzhu-secrets get secret "$name" >/dev/null 2>&1 || kubectl -n huzhu-secrets create secret generic "$name" "$@"
}
access=$(word) secret=$(word)
make huzhu-common --from-literal=valkey_password="$(word)" --from-literal=master_keys="1:$(key)" \
  --from-literal=link_key="$(key)" --from-literal=s3_access_key="$access" --from-literal=s3_secret_key="$secret"
access=$(kubectl -n huzhu-secrets get secret huzhu-common -o jsonpath='{.data.s3_access_key}' | base64 -d)
secret=$(kubectl -n huzhu-secrets get secret huzhu-common -o jsonpath='{.data.s3_secret_key}' | base64 -d)
for service in identity enrollment claims notify ocr activities; do
  more=()
  case $service in
    identity) more=(--from-literal=identity_platform_operators="ops1:$(word),ops2:$(word)") ;;
  esac
  make "huzhu-$service" --from-literal=owner_password="$(word)" --from-literal=app_password="$(word)" \
    --from-literal=relay_password="$(word)" --from-literal=kafka_password="$(word)" \
    --from-literal=s3_access_key="$access" --from-literal=s3_secret_key="$secret" "${more[@]}"
done
make huzhu-operator --from-literal=s3_access_key="$access" --from-literal=s3_secret_key="$secret" --from-literal=kafka_password="$(word)"
kubectl -n huzhu-secrets create role reader --verb=get,list,watch --resource=secrets --dry-run=client -o yaml | kubectl apply -f -
kubectl -n huzhu-secrets create rolebinding huzhu --role=reader --serviceaccount=huzhu:secrets --dry-run=client -o yaml |
  kubectl apply -f -
