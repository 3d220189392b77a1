"""The pages, in files named for what they show; templates mirror them."""
