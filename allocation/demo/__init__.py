"""Example data that the project makes itself, and the simple policies it is compared with.

Locations, prices of parcels and the spread of destinations are real; items, stock, handling
costs and baskets are synthetic. `recipe` says how each comes about and writes the files in
``data/``; `files` reads them; `policies` chooses as simple systems do.
"""

from __future__ import annotations
