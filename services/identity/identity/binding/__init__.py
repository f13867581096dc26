"""Binding an app account to a person of the register, step by step; unbinding; change of mobile."""
