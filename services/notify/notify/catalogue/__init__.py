"""The home page's modules and the service catalogue 所属部门 / 事项名称, from the pack, for whoever looks."""
