"""Keyturn: is every AWS access key rotated in time, and if not, which line of whose code must change?"""

__version__ = "0.1.0"
