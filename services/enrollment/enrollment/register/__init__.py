"""What enrollment knows of the people a roster names: register, running cover, other orders."""
