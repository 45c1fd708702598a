"""The outside world becomes an Area."""
