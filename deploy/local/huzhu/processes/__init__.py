"""Operating-system processes: started, recorded, tied to their owner's life, ended without remains."""
