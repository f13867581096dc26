"""Files of codes (xlsx or csv): read in a process, imported as a task, every line that was left out given back."""
