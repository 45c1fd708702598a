"""From need to referrals a week."""
