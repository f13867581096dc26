"""Admission in bulk 批量入会: template, upload, check 业务校验, process 业务办理, result file (row D.02)."""
