"""The command line, behind `sendneeds` and `python -m sendneeds`."""
