"""How well parts of the product do, against labels made by reading."""
