"""What happens to every call, whatever it asks for: parsing, errors, the access log."""
