"""Views of the operator's desk, a module for each thing an operator comes to do."""
