"""Early termination 保单提前终止 (row D.11): request, printed form, signed scan, approval, refund."""
