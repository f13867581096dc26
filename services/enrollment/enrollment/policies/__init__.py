"""Policies 保单: issued once an order is paid, searched, exported, told again."""
