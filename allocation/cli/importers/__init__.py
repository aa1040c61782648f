"""Other systems' exports, read into the messages of the contract.

Every importer is a function that takes its files and a `Reading`, and returns what it `Imported`.
It reports every bad row to the `Reading` and goes on with the good ones; the command decides
whether that is good enough.
"""

from __future__ import annotations
