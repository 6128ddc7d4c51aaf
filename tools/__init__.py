"""Programs for those who work on Counterfoil; no part of what users install."""
