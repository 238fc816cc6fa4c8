"""Who is behind something: the answer as rows, who links several, what is not known, and the picture and print of it. Pure."""
