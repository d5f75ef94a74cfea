"""Figures, not tests: each module prints one table and writes it as JSON to benchmarks/results.

python -m benchmarks                       the five-minute selection (make bench)
python -m benchmarks.search --works 200000 one of them, in full
"""
