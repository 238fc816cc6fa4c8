"""Where workers went as it is looked at: rows with small counts told as few, sentences of verdicts, flows and stays as drawings."""
