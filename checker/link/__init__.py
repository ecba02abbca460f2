"""Which key belongs to which resource: sightings of one key become one key, and keys are joined with the code that makes them."""

from __future__ import annotations

from checker.link._account import account_of
from checker.link._join import join
from checker.link._keys import merge_keys
from checker.link._resources import merge_resources

__all__ = ["account_of", "join", "merge_keys", "merge_resources"]
