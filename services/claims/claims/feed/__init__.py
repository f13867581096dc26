"""The settlement feed (医保结算数据, 免申即享): files received line by line, lines decided by the worker."""
