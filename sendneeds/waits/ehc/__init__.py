"""The EHC process: requests, decisions, advice, plans, disputes and annual reviews."""
