"""Services week by week: staff, lists, packages of therapy, under each option."""
