"""The EHC process as published, and the clock ahead."""
