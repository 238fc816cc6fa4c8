"""What waits for somebody in a case, and what is new to them: one answer for pages, command and notebooks."""
