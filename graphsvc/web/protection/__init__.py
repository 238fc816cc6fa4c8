"""Pages of protection: reveals, erasures, sealings, holds."""
