"""Worker movements as shown: rows with small counts as `few`, verdicts in sentences, drawings of flows and stays."""
