"""Arrays in, arrays out: numpy and scipy only. Time leads, lanes (draws, scenarios) are last."""
