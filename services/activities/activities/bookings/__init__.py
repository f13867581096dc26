"""Booking: time slots with places, or a number of things without a time; taken, moved, cancelled."""
