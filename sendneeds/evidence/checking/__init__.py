"""Reading a CSV table and checking it against its schema, reporting every fault."""
