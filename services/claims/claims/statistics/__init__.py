"""Statistics (统计, row C.07), counted as things happen."""
