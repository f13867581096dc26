"""Permissions of activities, and the routes that need no sign-in."""

from common.auth import permission

MANAGE = permission("activities.campaign.manage", "管理活动和电子码")
JOIN = permission("activities.campaign.join", "参加活动")
COLLECT = permission("activities.code.collect", "核销领取")

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset()
"""No route of this service is open to anonymous callers."""
