"""Products 参保项目 as the tenant pack describes them."""
