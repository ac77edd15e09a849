"""What is told to whom, when, and what they answered."""
