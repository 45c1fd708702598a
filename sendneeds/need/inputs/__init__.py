"""What a projection starts from: population, stocks, history, transitions, levers on need."""
