"""Asking services outside: bounded requests, and leaving alone what keeps failing."""
