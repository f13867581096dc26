"""The reporting interface (数据接口): facts without persons for a union's own BI, read with a key (docs/adr/0021)."""
