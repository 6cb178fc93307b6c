"""A shop with a year of orders behind it, as rows: seeded, and as the product would have written them."""
