"""The pages of a rescue: for keepers the way from upload to publishing, for everybody where a work came from."""

from . import deciding, desk, old, origin, runs, uploads
from .old import old_address

__all__ = ["deciding", "desk", "old", "old_address", "origin", "runs", "uploads"]
