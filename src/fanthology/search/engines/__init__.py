"""One adapter for each search engine; nothing else in the house touches one."""
