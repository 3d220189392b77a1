"""What templates may ask for beside Django's own filters."""
