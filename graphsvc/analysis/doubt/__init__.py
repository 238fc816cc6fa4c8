"""How sure a lead is: what becomes of it when something is left out, false, or read otherwise."""
