"""The command line: everything a person does with ShipFrom from a shell.

Commands talk to a server with the generated stubs, so that a shell, a script and a commerce
backend meet the same contract. Without a server they start one inside their own process.
"""

from __future__ import annotations
