"""Rules of an application: its form, what recognition fills in, what must hold before it is handed in. Pure."""
