"""What stands in a case and changes: deliveries, the image they make, who is sealed in it, and what is stored of it. No principal here."""
