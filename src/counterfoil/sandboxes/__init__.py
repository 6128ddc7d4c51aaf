"""Faithful stand-ins for the outside systems, spoken to over their real protocols only."""
