"""How neighbours are found at the hardware's speed: products, selection, pairings."""
