"""Another card for a member at the counter with a bank book (柜面更换收款卡): proposed there, decided by another."""
