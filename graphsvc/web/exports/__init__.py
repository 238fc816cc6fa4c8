"""Export pages: the preview, the people it could give away, and the list of exports."""
