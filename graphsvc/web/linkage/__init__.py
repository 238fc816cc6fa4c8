"""Linked crossing pages: the clusters, one cluster, and two crossings compared."""
