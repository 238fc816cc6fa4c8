"""Answer on who is behind something: its rows, links between several, gaps, picture and print. Pure."""
