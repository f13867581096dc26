"""Appeals and complaints (申诉、投诉): against a decision or about the service, answered by a higher node in time."""
