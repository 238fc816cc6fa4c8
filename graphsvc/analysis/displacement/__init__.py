"""Worker movements after a closure: the people there, their next places, a test against chance, and who moved them."""
