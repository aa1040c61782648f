"""The compiled build: the modules that plan, translated to C by mypyc from the same source.

``python -m tools.compiled OUT`` writes `routing` and `allocation` to a folder of their own with a
compiled module beside each source of the table; ``PYTHONPATH=OUT`` runs them. Nothing is compiled
in the checkout: a compiled module comes before its source, and would hide what is written later.
"""
