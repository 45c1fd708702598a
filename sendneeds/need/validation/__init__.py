"""How wrong the method has been: back-tests, scores, rival methods, a replay of England."""
