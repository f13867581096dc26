"""Permissions of notify, and the routes that need no sign-in."""

from common.auth import permission

READ_OWN = permission("notify.message.read_own", "查看自己的消息")
READ_DELIVERIES = permission("notify.message.read", "查看消息发送情况")
MANAGE_WEBHOOKS = permission("notify.webhook.manage", "登记事件推送地址")
MANAGE_TEMPLATES = permission("notify.template.manage", "查看和预览消息模板")
PROPOSE_BULK = permission("notify.bulk.propose", "提出群发消息")
APPROVE_BULK = permission("notify.bulk.approve", "复核群发消息")
MANAGE_CONTENT = permission("notify.content.manage", "编辑和发布内容")

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/sandbox/messages"),
        ("GET", "/articles"),
        ("GET", "/articles/categories"),
        ("GET", "/articles/{article}"),
        ("GET", "/home"),
        ("GET", "/pictures/{tenant_id}/{picture_id}"),
    }
)
"""The sandbox answers in local runs only; content for everybody is read without signing in."""
