"""What the gateway answers by itself, as problem documents, and its line in the log about each."""

_REFERENCE = '"reference":"$request_id"'
"""Of the gateway's own refusals: the line of its log carries the same."""
LINE = (
    '{"timestamp":"$time_iso8601","level":"warning","event":"gateway.refused","status":$status,"method":"$request_method",'
    '"path":"$uri","upstream":"$upstream_addr","upstream_status":"$upstream_status","seconds":"$request_time",'
    '"request_id":"$request_id"}'
)
UNKNOWN = (
    '{"type":"urn:huzhu:problem:resource.not_found","title":"没有这个接口，请核对地址。","status":404,"code":"resource.not_found",'
    '"detail":"没有这个接口，请核对地址；接口文档在 /api/openapi.json。 There is no such route: check the address; '
    'the API is described at /api/openapi.json.",' + _REFERENCE + "}"
)
AWAY = (
    '{"type":"urn:huzhu:problem:service.busy","title":"系统繁忙，请稍后再试，您的内容没有丢失。","status":503,'
    '"code":"service.busy","detail":"系统繁忙，请稍后再试，您的内容没有丢失。 '
    'The system is busy. Please try again shortly.",' + _REFERENCE + "}"
)
OFTEN = (
    '{"type":"urn:huzhu:problem:rate.address","title":"您所在网络的访问过于频繁，请稍后再试，您的内容没有丢失。","status":429,'
    '"code":"rate.address","detail":"您所在网络的访问过于频繁，请稍后再试，您的内容没有丢失。 '
    'Too many requests come from your network. Please try again shortly; nothing is lost.",'
    + _REFERENCE
    + "}"
)
