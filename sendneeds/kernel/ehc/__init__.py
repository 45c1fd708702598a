"""The EHC clock and annual reviews, week by week."""
