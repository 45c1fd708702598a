"""Level of need, projected need, and how the method has done."""
