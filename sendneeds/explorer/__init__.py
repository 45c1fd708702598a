"""A notebook's explorer: levers pulled by hand, and what they change, at once from few draws and then from many."""
