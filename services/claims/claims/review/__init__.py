"""Approval chains (审批链): the queue of each node, and decisions by different people."""
