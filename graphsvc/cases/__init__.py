"""Contents of a case and changes to them: deliveries, the image they make, sealing, stores. No principals here."""
