"""The permission to see the tasks of others."""

from ..auth.permissions import permission

READ_TASKS = permission("tasks.read", "查看他人的后台任务")
"""For staff of the whole tenant; results stay with who asked for them."""
