"""graphsvc: network-graph investigation for people-smuggling and trafficking cases."""
