"""The recipe of the packaged data: from the published tables to the files in ``data/``.

Run ``python -m routing.geo.recipe SOURCE_DIR`` with a directory that holds ``us_zip.csv.gz``,
``us_zip3.csv`` and ``world_postal_core24.csv.gz``. Same input, same bytes.
"""

from __future__ import annotations
