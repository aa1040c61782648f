"""Package `routing.v1` of the contract, generated from `protos/routing/v1`."""
