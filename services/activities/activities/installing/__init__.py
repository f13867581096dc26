"""Campaigns that come with a union's pack: drafted, filled and published once, by their code."""
