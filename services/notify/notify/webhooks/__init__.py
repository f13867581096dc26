"""Webhooks (row N.06): a unit's HR system or a city platform is told of events, signed, retried, replayable."""
