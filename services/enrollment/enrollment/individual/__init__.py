"""Individual cover 个人参保 (rows A.04, A.06, A.07): a member applies on the pack's form, the chain decides."""
