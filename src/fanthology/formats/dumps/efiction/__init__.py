"""A whole eFiction site, from the statements of its dump and its text files to records.

sites.py    which sites lie in a dump
rows.py     statements → rows of one site, each counted, waiting in a spool
schema.py   what the tables look like from 3.0 to 3.5.8, and what becomes of each
files.py    chapters that were kept as files
words.py    the bytes of one field → words: charset, mojibake, escaping, code, markup
kinds.py    what kind of tag a class type holds
stories.py  a header row, its chapters and their text → a story
site.py     everything together, in the order of `records.py`
"""
