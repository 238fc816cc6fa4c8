"""Protection: reveals, erasures, sealings, holds, and the vault's key."""
