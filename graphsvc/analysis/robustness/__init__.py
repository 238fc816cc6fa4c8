"""Robustness of leads: changes when evidence is left out, is false, or is read differently."""
