"""The ledger's rules, written once against a small transaction interface of the stores."""
