"""The answer to *Who is behind it*: its rows, links between its people, gaps, picture and print. Pure."""
