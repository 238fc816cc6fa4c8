"""What is stored beside the graph: uploads, exports, saved views, comments, and people's words, sealed."""
