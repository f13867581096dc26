"""Certificate of cover 参保凭证: a policy on paper."""
