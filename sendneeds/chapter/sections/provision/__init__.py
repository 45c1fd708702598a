"""Places and sufficiency, social care and other support."""
