"""What is sold and said in lists: products, bundles, card plans, dispositions."""
