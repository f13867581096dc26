"""Pictures of content: checked, made anew without what cameras add, stored encrypted, shown to everybody."""
