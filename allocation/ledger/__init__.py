"""The stock ledger: levels, holds and commitments that survive crashes and are never oversold.

`api.Ledger` is what the rest of the engine sees; `memory`, `sqlite` and `postgres` keep it in
different stores under the same rules (`core`), and `conformance` checks any of them.
"""
