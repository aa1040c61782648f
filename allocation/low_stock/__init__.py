"""What runs low: reorder points, cover, risk, classes and transfers, for purchasing.

Pure: levels and demand go in, facts come out. The SQL views in ``deploy/views`` say the
same, figure by figure.
"""
