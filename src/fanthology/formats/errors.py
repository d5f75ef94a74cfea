"""Everything the core raises on purpose.

    FormatError                 catch this to catch all of them
     ├─ Unreadable              the bytes are not what they claim to be
     │   ├─ UnknownFormat       no reader recognises them
     │   ├─ Damaged             a reader recognised them and found them broken
     │   └─ NotAStory           a login page, an error page, an index: refused by name
     ├─ LimitExceeded           size, ratio, entries, depth: the input would cost too much
     ├─ Ambiguous               the input holds several answers; the caller must choose
     └─ Unwritable              a story cannot be expressed in the wanted format

`code` is stable and documented (docs/developer/findings.md); `message` is a plain sentence for people.
"""


class FormatError(Exception):
    """Base of the tree. `code` for programs, the message for people."""

    code = "format"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Unreadable(FormatError):
    code = "unreadable"


class UnknownFormat(Unreadable):
    code = "unreadable.unknown-format"


class Damaged(Unreadable):
    code = "unreadable.damaged"


class NotAStory(Unreadable):
    code = "unreadable.not-a-story"


class LimitExceeded(FormatError):
    code = "limit"


class Ambiguous(FormatError):
    """`choices` are what the caller may choose from (for example the table prefixes found in one dump)."""

    code = "ambiguous"

    def __init__(self, message: str, *, choices: tuple[str, ...], code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.choices = choices


class Unwritable(FormatError):
    code = "unwritable"
