"""A service whose stages share slots: triage, first assessments, follow-ups, statutory advice."""
