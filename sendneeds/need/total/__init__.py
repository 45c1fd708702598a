"""The total of plans and of SEN support, as forecast by scored rules."""
