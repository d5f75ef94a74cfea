"""Pages of a rescue: one file for each kind of visitor."""

from .old import old_address

__all__ = ["old_address"]
