"""Fanthology: a self-hosted story archive, and the rescue of dying ones."""

__version__ = "0.1.0"
