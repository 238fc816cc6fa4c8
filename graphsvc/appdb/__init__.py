"""appdb."""
