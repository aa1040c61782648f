"""The contract (one concept per `.proto` file), and the tools that compile and check it."""
