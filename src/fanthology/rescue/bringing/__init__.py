"""Bringing a former site in: each kind of record has its file, `order` says what comes when.

Records are taken in small batches. A batch is prepared without a transaction, then written in one short transaction
together with its `SourceKey`s, so that a killed run leaves whole things or nothing.
"""
