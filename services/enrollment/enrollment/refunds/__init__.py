"""Refunds 退费: what comes back when cover ends early or was paid for in vain, said once per occasion."""
