"""One module per input format, each with one function `read(data, context) -> Reading`. None knows another."""
