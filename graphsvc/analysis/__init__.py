"""Pure functions from claims to figures: what is believed, who stands out, and why."""
