"""Protection pages: reveals, erasures, sealings, holds."""
