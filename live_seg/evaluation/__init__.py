"""How good a matte is: measures, peers on the same pictures, and reports."""
