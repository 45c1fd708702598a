"""The cohort: plans and SEN support by need and single year of age."""
