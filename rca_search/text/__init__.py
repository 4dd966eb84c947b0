"""What texts look like, whoever reads them."""
