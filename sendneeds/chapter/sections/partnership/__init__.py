"""What a partnership keeps: outcomes, actions, voice and focus areas."""
