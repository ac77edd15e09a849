"""Our copies of goods' pictures: fetched from the addresses that shops and stores name, checked,
made small, kept once. Knows nothing of goods."""
