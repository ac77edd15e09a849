"""Short videos and the goods under them."""
