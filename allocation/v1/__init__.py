"""Package `allocation.v1` of the contract, generated from `protos/allocation/v1`."""
