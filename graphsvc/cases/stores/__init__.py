"""Sealed stores kept next to the graph: uploads, exports, saved views, comments and people's words."""
