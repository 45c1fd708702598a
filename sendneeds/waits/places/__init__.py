"""Places for children with a plan: who seeks which setting, what there is, what overflows, and the cost."""
