"""Deliveries: loaded, taken back, erased from, completed after a kill; accounts that wait; forms that become one."""
