"""Handing in (提交): every check, the calculation, and then the rules' decision or the first reviewer."""
