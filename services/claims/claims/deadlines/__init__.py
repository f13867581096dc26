"""The day by which a claim is to be decided and paid (C.09: a month after discharge), watched."""
