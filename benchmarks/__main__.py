"""The five-minute selection."""

from . import formats, pages, rescue, search

if __name__ == "__main__":
    formats.main([])
    search.main(["--works", "5000", "--words", "345"])
    pages.main(["--works", "500", "--seconds", "4"])
    rescue.main(["--stories", "300", "--words", "5000"])
