"""What a unit prints, seals and hands in with its payment: the form 团体入会表 and the roster 参保花名册."""
