"""Why a rescue may refuse to go on, in words for the keeper."""

from __future__ import annotations


class RescueRefused(ValueError):
    """Base of everything a rescue refuses on purpose. The message is a plain sentence for the keeper."""


class NoBasis(RescueRefused):
    """Nothing is published before somebody has said by what right."""


class NotNow(RescueRefused):
    """The run is in a state in which this cannot be done."""


class NothingFound(RescueRefused):
    """None of the given files holds a story or a dump that we can read."""


class SourcesGone(RescueRefused):
    """The files of the run are no longer there: purged, moved or never uploaded whole."""


class SeveralSites(RescueRefused):
    """One dump holds several sites; `choices` are their table prefixes."""

    def __init__(self, message: str, *, choices: tuple[str, ...]) -> None:
        super().__init__(message)
        self.choices = choices
