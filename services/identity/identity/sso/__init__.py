"""Ways in that other systems open: campus portals (OpenID Connect, CAS), host apps' hand-overs, WeChat."""
