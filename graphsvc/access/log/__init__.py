"""The log: who did what, chained so that no line can be changed unseen."""
