"""Enrolment orders 参保申请: from draft to review."""
