"""What every benchmark shares: options, clocks, figures, tables, and the record of a run."""
