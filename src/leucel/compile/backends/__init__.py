"""Backends: each turns a lowered system into a kernel."""
